import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { PackagingDocument } from "../../blueprint/pipeline/pipeline-document";
import { somethingAt } from "../handoff/folder-digest";
import { RefusedError } from "../refusals";
import { PartsFolder } from "./collect-parts";

/**
 * The base that an image is put on: what the packaging names, or the only image that its Dockerfile left among the parts.
 *
 * @param parts - folder of the hand-off
 * @throws RefusedError `parts-of-other-packaging` when the Dockerfile was not built for these parts
 */
export async function baseReference({ base }: PackagingDocument, parts: string): Promise<string> {
  if (base.kind === "image") return base.reference;
  const layout = join(parts, PartsFolder.base);
  await requirePart(join(layout, "index.json"), `the image of ${base.file}`);
  const { manifests } = JSON.parse(await readFile(join(layout, "index.json"), "utf8")) as {
    readonly manifests: readonly { readonly digest: string }[];
  };
  return `oci:${layout}@${manifests[0]!.digest}`;
}

/**
 * Parts are collected by the packaging as it stood then.
 *
 * @param what - what is looked for, as a user knows it
 * @throws RefusedError `parts-of-other-packaging`
 */
export async function requirePart(path: string, what: string): Promise<void> {
  if (await somethingAt(path)) return;
  throw new RefusedError(
    "parts-of-other-packaging",
    `the collected parts do not hold ${what}: they were collected for another packaging`,
    "Run `slipway build` again, then `slipway package`.",
  );
}
