/** A small contract of insurance claims; `change` edits it before it is used. */
export function claimsContract(change: (document: ClaimsDocument) => void = () => undefined): Record<string, unknown> {
  const document: ClaimsDocument = {
    apiVersion: "v3.1.0",
    kind: "DataContract",
    id: "claims",
    version: "1.0.0",
    status: "active",
    schema: [
      {
        name: "claims",
        properties: [
          { name: "person", logicalType: "integer", required: true, primaryKey: true, primaryKeyPosition: 1 },
          { name: "year", logicalType: "integer", primaryKey: true, primaryKeyPosition: 2, ...role("time") },
          {
            name: "cost",
            logicalType: "number",
            required: true,
            logicalTypeOptions: { minimum: 0 },
            ...role("target"),
          },
          { name: "plan", logicalType: "string", logicalTypeOptions: { pattern: "^[A-Z]{2}\\d+$", maxLength: 6 } },
          { name: "female", logicalType: "integer", ...role("protected") },
          { name: "age", logicalType: "number", logicalTypeOptions: { minimum: 0, exclusiveMaximum: 120 } },
          { name: "visits", logicalType: "integer", ...role("outcome") },
        ],
        quality: [{ metric: "rowCount", mustBeGreaterThan: 10 }],
      },
    ],
  };
  change(document);
  return document;
}

export type PropertyDocument = Record<string, unknown>;

export interface ClaimsDocument extends Record<string, unknown> {
  schema: { name: string; properties: PropertyDocument[]; quality?: PropertyDocument[]; [key: string]: unknown }[];
}

export function role(name: string | string[]): PropertyDocument {
  return { customProperties: [{ property: "slipwayRole", value: name }] };
}

export function property(document: ClaimsDocument, name: string): PropertyDocument {
  return document.schema[0]!.properties.find((each) => each.name === name)!;
}
