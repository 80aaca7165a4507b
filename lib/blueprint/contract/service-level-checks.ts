import type { Problems } from "../problems";
import type { ContractCheck } from "./contract-check";
import { type ContractColumn, temporalTypes } from "./contract-column";
import { type DocumentNode, nodesIn, pathOf, textAt } from "./document-node";

/** Service levels that the data itself can prove; all others are promises of a service, which a snapshot says nothing about. */
const ageOf: Readonly<Record<string, "newest" | "oldest">> = {
  freshness: "newest",
  latency: "newest",
  ly: "newest",
  retention: "oldest",
  re: "oldest",
};

const day = 86_400;
const secondsOfUnit: readonly (readonly [RegExp, number])[] = [
  [/^(y|yr|years?)$/i, 365 * day],
  [/^(d|days?)$/i, day],
  [/^(h|hr|hours?)$/i, 3600],
  [/^(m|min|minutes?)$/i, 60],
  [/^(s|sec|seconds?)$/i, 1],
];
const durationParts = [365 * day, 30 * day, 7 * day, day, 3600, 60, 1];

/** Reads freshness (also latency) and retention of `slaProperties` as limits on the age of the newest and oldest value. */
export function readServiceLevelChecks(
  contract: DocumentNode,
  table: string,
  columns: readonly ContractColumn[],
  problems: Problems,
): readonly ContractCheck[] {
  return nodesIn(contract, "slaProperties").flatMap((level) => {
    const property = textAt(level, "property")?.toLowerCase() ?? "";
    const of = Object.hasOwn(ageOf, property) ? ageOf[property] : undefined;
    if (of === undefined) return [];
    const element = textAt(level, "element") ?? textAt(contract, "slaDefaultElement");
    const name = element?.startsWith(`${table}.`) === true ? element.slice(table.length + 1) : element;
    const column = columns.find((candidate) => candidate.property === name);
    const seconds = asSeconds(level.fields.value, textAt(level, "unit") ?? "d");
    if (column === undefined || !temporalTypes.includes(column.logicalType)) {
      problems.add(
        pathOf(level, "element"),
        element ?? undefined,
        "names no column of type date or timestamp",
        `Name one as ${table}.<column>`,
      );
    }
    if (seconds === null) {
      problems.add(
        pathOf(level, "value"),
        level.fields.value,
        "is no duration",
        "Write a number with unit y, d, h, m or s, or P1DT12H",
      );
    }
    if (column === undefined || seconds === null) return [];
    return [
      {
        name: `${of} ${column.name} is at most ${seconds} seconds old`,
        path: level.path,
        measure: { kind: "age", column, of },
        unit: "count",
        expected: { kind: "lessOrEqual", value: seconds },
        onFailure: "refuse",
      },
    ];
  });
}

function asSeconds(value: unknown, unit: string): number | null {
  const text = String(value).trim();
  const duration =
    /^P(?=\d|T\d)(?:([\d.]+)Y)?(?:([\d.]+)M)?(?:([\d.]+)W)?(?:([\d.]+)D)?(?:T(?:([\d.]+)H)?(?:([\d.]+)M)?(?:([\d.]+)S)?)?$/i.exec(
      text,
    );
  if (typeof value === "string" && duration !== null) {
    const seconds = durationParts.reduce((sum, each, index) => sum + each * Number(duration[index + 1] ?? 0), 0);
    return Number.isFinite(seconds) ? seconds : null;
  }
  const factor = secondsOfUnit.find(([form]) => form.test(unit))?.[1];
  return factor !== undefined && /^\d+(\.\d+)?$/.test(text) ? Number(text) * factor : null;
}
