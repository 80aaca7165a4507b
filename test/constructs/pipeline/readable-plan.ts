type Block = Record<string, unknown>;
type Plan = Record<"resource" | "data", Record<string, Record<string, Block>> | undefined>;

/**
 * A synthesized stack as a reviewer reads it: by construct path, references by the path of what they refer to, without the
 * texts and digests that have tests of their own.
 */
export function readablePlan(json: string): Record<string, unknown> {
  const plan = JSON.parse(json) as Plan;
  const paths = new Map(blocksOf(plan).map(({ address, path }) => [address, path]));
  const readable = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(readable);
    if (typeof value === "object" && value !== null) {
      const entries = Object.entries(value).filter(([key]) => key !== "//");
      return Object.fromEntries(entries.map(([key, child]) => [key, readable(child)]));
    }
    if (typeof value !== "string") return value;
    const text = [...paths].reduce((said, [address, path]) => said.replaceAll(address, `<${path}>`), value);
    return text.length > 400
      ? "(a text)"
      : text.replace(/-[0-9a-f]{12}$/, "-<digest>").replace(/[0-9a-f]{64}/g, "<sha256>");
  };
  return Object.fromEntries(
    blocksOf(plan).map(({ path, type, block }) => [path, { type, ...(readable(block) as Block) }]),
  );
}

/** Terraform's addresses of everything in the stack. */
export function addresses(json: string): string[] {
  return blocksOf(JSON.parse(json) as Plan)
    .map(({ address }) => address)
    .sort();
}

function blocksOf(plan: Plan) {
  return (["data", "resource"] as const).flatMap((kind) =>
    Object.entries(plan[kind] ?? {}).flatMap(([type, blocks]) =>
      Object.entries(blocks).map(([id, block]) => ({
        type: kind === "data" ? `data ${type}` : type,
        address: kind === "data" ? `data.${type}.${id}` : `${type}.${id}`,
        path: id.replace(/_[0-9A-F]{8}$/, ""),
        block,
      })),
    ),
  );
}
