/** A place in a JSON document that has not been proven to have any shape, with the path a user would write for it. */
export interface DocumentNode {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly path: string;
}

/** The objects in the list at `key`; anything that is no object is left to the schema to complain about. */
export function nodesIn(parent: DocumentNode, key: string): readonly DocumentNode[] {
  const list = parent.fields[key];
  if (!Array.isArray(list)) return [];
  const below = pathOf(parent, key);
  return list.flatMap((entry: unknown, index) =>
    isRecord(entry) ? [{ fields: entry, path: `${below}[${index}]` }] : [],
  );
}

export function nodeAt(parent: DocumentNode, key: string): DocumentNode {
  const value = parent.fields[key];
  return { fields: isRecord(value) ? value : {}, path: pathOf(parent, key) };
}

export function textAt(node: DocumentNode, key: string): string | null {
  const value = node.fields[key];
  return typeof value === "string" ? value : null;
}

export function pathOf(node: DocumentNode, key: string): string {
  return node.path === "" ? key : `${node.path}.${key}`;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
