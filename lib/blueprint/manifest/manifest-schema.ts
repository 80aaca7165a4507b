import type { ErrorObject } from "ajv";
import Ajv2020 from "ajv/dist/2020";
import { Problems, type Problem } from "../problems";
import schema from "./release-manifest.schema.json";

/** The manifest versions that this release of Slipway reads. */
const READABLE_VERSIONS: readonly unknown[] = [1];

const RESTORE = "Restore the file as `cdktf deploy` delivered it, or deploy again; it is never edited by hand.";

let compiled: ReturnType<Ajv2020["compile"]> | undefined;

/** Everything by which a value is not a release manifest that this release reads; nothing when it is one. */
export function manifestProblems(value: unknown): readonly Problem[] {
  const problems = new Problems();
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    problems.add("(document)", value, "is not a JSON object", RESTORE);
    return problems.list;
  }
  const { kind, version } = value as { kind?: unknown; version?: unknown };
  if (kind !== "slipway.release-manifest") {
    problems.add("kind", kind, 'is not "slipway.release-manifest"', "Point --manifest at .slipway/<pipeline>.json.");
    return problems.list;
  }
  if (!READABLE_VERSIONS.includes(version)) {
    problems.add(
      "version",
      version,
      `is not a manifest version that this release of Slipway reads (it reads ${READABLE_VERSIONS.join(", ")})`,
      "Deploy the pipeline again, so that manifest and runtime are of the same release.",
    );
    return problems.list;
  }
  compiled ??= new Ajv2020({
    allErrors: true,
    discriminator: true,
    strictRequired: false,
    allowUnionTypes: true,
  }).compile(schema);
  if (compiled(value)) return [];
  for (const error of compiled.errors ?? []) addSchemaError(problems, value, error);
  return problems.list;
}

function addSchemaError(problems: Problems, document: object, error: ErrorObject): void {
  const path = propertyPath(error.instancePath);
  const at = valueAt(document, error.instancePath);
  switch (error.keyword) {
    case "required":
      problems.add(below(path, String(error.params.missingProperty)), undefined, "is required", RESTORE);
      return;
    case "additionalProperties": {
      const name = String(error.params.additionalProperty);
      const value = (at as Record<string, unknown>)[name];
      problems.add(below(path, name), value, "is not a property of a version 1 manifest", RESTORE);
      return;
    }
    case "const":
    case "enum": {
      const allowed: unknown = error.params.allowedValues ?? [error.params.allowedValue];
      const names = (allowed as readonly unknown[]).map((each) => JSON.stringify(each)).join(", ");
      problems.add(path, at, `is not one of ${names}`, RESTORE);
      return;
    }
    case "discriminator":
      problems.add(below(path, String(error.params.tag)), error.params.tagValue, "is not a known kind", RESTORE);
      return;
    case "if":
      // What is wrong inside the branch is reported by itself.
      return;
    default:
      problems.add(path, at, error.message ?? "does not fit the schema", RESTORE);
  }
}

/** `/pipeline/environments/0/name` as `pipeline.environments[0].name`. */
function propertyPath(pointer: string): string {
  return segments(pointer).reduce(
    (path, segment) => (/^\d+$/.test(segment) ? `${path}[${segment}]` : below(path, segment)),
    "",
  );
}

function valueAt(document: unknown, pointer: string): unknown {
  return segments(pointer).reduce<unknown>((value, segment) => (value as Record<string, unknown>)[segment], document);
}

function segments(pointer: string): readonly string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((segment) => segment.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function below(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}
