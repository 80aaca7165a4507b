import { textDigest } from "../../blueprint/manifest/canonical-text";
import { digestHex } from "../handoff/folder-digest";
import type { Store } from "../store/store";

/** Where the store keeps what was measured of a model in an environment. */
function folderOf(pipeline: string, environment: string, modelDigest: string): string {
  return `service-levels/${pipeline}/${environment}/${digestHex(modelDigest)}/`;
}

/** Keys of every signed measurement of a model in an environment. */
export async function serviceLevelKeys(
  store: Store,
  pipeline: string,
  environment: string,
  modelDigest: string,
): Promise<readonly string[]> {
  return await store.list(folderOf(pipeline, environment, modelDigest));
}

/**
 * Keeps a signed measurement under its own digest, beside those made before.
 *
 * @returns `sha256:...` of its bytes
 */
export async function keepServiceLevel(
  store: Store,
  {
    pipeline,
    environment,
    modelDigest,
  }: { readonly pipeline: string; readonly environment: string; readonly modelDigest: string },
  signed: Uint8Array,
): Promise<string> {
  const digest = textDigest(signed);
  await store.putOnce(`${folderOf(pipeline, environment, modelDigest)}${digestHex(digest)}.dsse.json`, signed);
  return digest;
}
