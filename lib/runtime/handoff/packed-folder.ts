import { copyFile, mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { HandoffName } from "../../jobs/job";
import type { Variables } from "../command-context";
import type { WorkFolder } from "../work-folder";
import { digestFolder } from "./folder-digest";
import { isSealed, openFolder, sealFolder } from "./sealed-folder";
import { handoffMismatch } from "./takes";

/** Hand-offs that hold customers' rows or held-out labels: whoever may read a repository may download its artifacts. */
const confidential: readonly HandoffName[] = ["data", "labels"];

/** What was packed. */
export interface Packed {
  /** Of the plain content. */
  readonly digest: string;
  readonly sealed: boolean;
}

/**
 * Writes a hand-off to the folder that travels. A confidential one is sealed whenever the job names a recipient; a job that names one
 * without a value is broken, not a reason to send it open. Where nothing leaves the machine, and for samples, none is named.
 */
export async function packHandoff(name: HandoffName, work: WorkFolder, env: Variables): Promise<Packed> {
  const [plain, packed] = [work.handoff(name), work.packed(name)];
  const { digest, files } = await digestFolder(plain);
  await rm(packed, { recursive: true, force: true });
  await mkdir(packed, { recursive: true });
  const sealed = confidential.includes(name) && env.SLIPWAY_HANDOFF_RECIPIENT !== undefined;
  if (sealed) await sealFolder(plain, packed, env.SLIPWAY_HANDOFF_RECIPIENT);
  else await copyFiles(plain, packed, files);
  return { digest, sealed };
}

/**
 * Puts a packed hand-off in its place, only once all of its content has the digest that the giving job named.
 *
 * @throws RefusedError `handoff-digest-mismatch`, `handoff-seal-broken`
 */
export async function unpackHandoff(
  name: HandoffName,
  expected: string,
  work: WorkFolder,
  env: Variables,
): Promise<Packed> {
  const [plain, packed] = [work.handoff(name), work.packed(name)];
  const { files } = await digestFolder(packed);
  const sealed = await isSealed(packed);
  const aside = `${plain}.unpacking`;
  await rm(aside, { recursive: true, force: true });
  await mkdir(aside, { recursive: true });
  try {
    if (sealed) await openFolder(packed, aside, env.SLIPWAY_HANDOFF_KEY);
    else await copyFiles(packed, aside, files);
    const { digest } = await digestFolder(aside);
    if (digest !== expected) throw handoffMismatch(name, expected, digest);
    await rm(plain, { recursive: true, force: true });
    await rename(aside, plain);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
  return { digest: expected, sealed };
}

async function copyFiles(from: string, to: string, files: readonly { readonly path: string }[]): Promise<void> {
  for (const { path } of files) {
    await mkdir(dirname(join(to, path)), { recursive: true });
    await copyFile(join(from, path), join(to, path));
  }
}
