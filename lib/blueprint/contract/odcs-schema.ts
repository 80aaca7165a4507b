import Ajv2019, { type ErrorObject, type ValidateFunction } from "ajv/dist/2019";
import addFormats from "ajv-formats";
import type { Problem } from "../problems";
import schema302 from "./schema/odcs-json-schema-v3.0.2.json";
import schema310 from "./schema/odcs-json-schema-v3.1.0.json";

/** Versions of the Open Data Contract Standard that Slipway reads, and the schema snapshot that judges each. */
const schemas: Readonly<Record<string, object>> = {
  "v3.1.0": schema310,
  "v3.0.2": schema302,
  "v3.0.1": schema302,
  "v3.0.0": schema302,
};

const operators =
  "mustBe, mustNotBe, mustBeGreaterThan, mustBeGreaterOrEqualTo, mustBeLessThan, mustBeLessOrEqualTo, mustBeBetween, mustNotBeBetween";

const compiled = new Map<object, ValidateFunction>();

/** Holds a document against the standard's own schema for the version that it names. */
export function schemaProblems(document: Readonly<Record<string, unknown>>): readonly Problem[] {
  const version = document.apiVersion;
  const schema = typeof version === "string" ? schemas[version] : undefined;
  if (schema === undefined) {
    return [
      {
        path: "apiVersion",
        value: version,
        says: "is no version of the Open Data Contract Standard that Slipway reads",
        remedy: `Use ${Object.keys(schemas).join(", ")}; move an older contract to version 3 first`,
      },
    ];
  }
  const validate = validator(schema);
  if (validate(document)) return [];
  return causes(validate.errors ?? []).map((error) => toProblem(error, document));
}

/** Compiling takes a good part of a second, so it happens once and only where a contract is read. */
function validator(schema: object): ValidateFunction {
  const known = compiled.get(schema);
  if (known !== undefined) return known;
  const ajv = new Ajv2019({ allErrors: true, strict: false, verbose: true, logger: false });
  addFormats(ajv);
  const made = ajv.compile(schema);
  compiled.set(schema, made);
  return made;
}

/** Leaves out what ajv reports only because something below it failed. */
function causes(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const own = errors.filter(
    (error) => error.keyword !== "if" && !/DataQualityOperators\/oneOf\/\d/.test(error.schemaPath),
  );
  const direct = own.filter((error) => !error.keyword.startsWith("unevaluated"));
  const unknown = own.filter(
    (error) =>
      error.keyword.startsWith("unevaluated") &&
      !direct.some((other) => other.instancePath.startsWith(error.instancePath)),
  );
  const distinct = new Map<string, ErrorObject>();
  for (const error of [...direct, ...unknown]) {
    const key = `${error.instancePath} ${error.keyword} ${JSON.stringify(error.params)}`;
    if (!distinct.has(key)) distinct.set(key, error);
  }
  return [...distinct.values()];
}

function toProblem(error: ErrorObject, document: unknown): Problem {
  const params = error.params as Readonly<Record<string, unknown>>;
  const parent = userPath(error.instancePath, document);
  const child = params.missingProperty ?? params.additionalProperty ?? params.unevaluatedProperty;
  const path = typeof child === "string" ? (parent === "" ? child : `${parent}.${child}`) : parent || "(document)";
  if (error.keyword === "required") {
    return { path, value: undefined, says: "is required by the standard", remedy: "Add it" };
  }
  if (typeof child === "string") {
    const value = (error.data as Record<string, unknown> | undefined)?.[child];
    return { path, value, says: "is no field of the standard here", remedy: "Correct its name or remove it" };
  }
  if (error.keyword === "oneOf" && error.schemaPath.includes("DataQualityOperators")) {
    const value = error.data;
    return { path, value, says: "does not hold exactly one comparison", remedy: `Write exactly one of ${operators}` };
  }
  const allowed = params.allowedValues;
  const remedy = Array.isArray(allowed) ? `Use one of ${allowed.join(", ")}` : "Correct it as the standard says";
  return { path, value: error.data, says: `${error.message ?? "is wrong"} (by the standard's schema)`, remedy };
}

/** `/schema/0/name` as a user writes it: `schema[0].name`. */
function userPath(pointer: string, document: unknown): string {
  let path = "";
  let at = document;
  for (const raw of pointer.split("/").slice(1)) {
    const key = raw.replace(/~1/g, "/").replace(/~0/g, "~");
    if (Array.isArray(at)) path += `[${key}]`;
    else path += path === "" ? key : `.${key}`;
    at = (at as Record<string, unknown> | undefined)?.[key];
  }
  return path;
}
