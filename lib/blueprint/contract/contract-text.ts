import { parseDocument, visit } from "yaml";
import type { Problems } from "../problems";
import { isRecord } from "./document-node";

const howToWrite = "Write one YAML (or JSON) document with a mapping at the top";

/** Reads a contract's text, YAML 1.2 or JSON, into plain JSON; `null` when nothing sensible stands there. */
export function readContractText(text: string, problems: Problems): Readonly<Record<string, unknown>> | null {
  // "core" is YAML 1.2: dates stay text and `no` is no boolean, so YAML and JSON of the same contract read alike.
  const parsed = parseDocument(text, { schema: "core", uniqueKeys: true, version: "1.2", prettyErrors: true });
  for (const error of [...parsed.errors, ...parsed.warnings]) {
    const line = error.linePos?.[0].line;
    const says = (error.message.split("\n")[0] ?? "").replace(/ at line \d+, column \d+:?$/, "");
    problems.add(`line ${line ?? 1}`, lineOf(text, line), `is not valid YAML: ${says}`, "Correct the text");
  }
  if (parsed.errors.length > 0) return null;
  visit(parsed, {
    Scalar: (_key, node) => {
      const exact = typeof node.value !== "number" || !Number.isInteger(node.value) || Number.isSafeInteger(node.value);
      if (!exact) {
        problems.add(
          `line ${text.slice(0, node.range?.[0] ?? 0).split("\n").length}`,
          node.source,
          "is an integer that JSON cannot hold exactly",
          "Write an integer between -9007199254740991 and 9007199254740991",
        );
      }
    },
  });
  let value: unknown;
  try {
    value = parsed.toJS({ maxAliasCount: 100 });
  } catch (error) {
    problems.add("(document)", undefined, `cannot be read: ${String(error)}`, howToWrite);
    return null;
  }
  if (isRecord(value)) return value;
  problems.add("(document)", value ?? null, "is not a mapping", howToWrite);
  return null;
}

function lineOf(text: string, line: number | undefined): string {
  return (text.split("\n")[(line ?? 1) - 1] ?? "").trim();
}
