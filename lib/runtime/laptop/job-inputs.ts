import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { lstat } from "node:fs/promises";
import { join } from "node:path";
import type { Job } from "../../jobs/job";
import { canonicalText, textDigest } from "../../blueprint/manifest/canonical-text";

/** What a job's result follows from, besides the job itself. */
export interface JobInputs {
  readonly manifestDigest: string;
  /** `<handoff>=<digest>` of everything it takes and cites. */
  readonly handoffs: readonly string[];
  /** Digest of the repository's files. */
  readonly repository: string;
}

/**
 * Digest of everything a job was given: two runs with the same one would do the same. `null` for jobs that also depend on what
 * stands in a store or registry, or write there: they always run anew, which is safe because they write once.
 */
export function inputsDigest(job: Job, inputs: JobInputs): string | null {
  if (job.holdings.store !== "none" || job.holdings.registry) return null;
  const readsRepository = job.steps.some((step) => step.kind === "checkout" && step.only === "everything");
  const parts = {
    id: job.id,
    steps: job.steps,
    manifest: inputs.manifestDigest,
    handoffs: [...inputs.handoffs].sort(),
    repository: readsRepository ? inputs.repository : null,
  };
  return textDigest(canonicalText(parts));
}

/** Digest of what a checkout would hold, changes that are not committed included; what git ignores is left out. */
export async function repositoryDigest(repository: string): Promise<string> {
  const listed = await gitFiles(repository);
  // Without git nothing tells sources from results: no earlier job can be shown to be still true.
  if (listed === null) return `unknown at ${new Date().toISOString()}`;
  const hash = createHash("sha256");
  for (const path of listed) {
    const stat = await lstat(join(repository, path)).catch(() => null);
    hash.update(`${path}\0${stat === null ? "gone" : (stat.mode & 0o111).toString(8)}\0`);
    if (stat?.isFile() === true) {
      for await (const chunk of createReadStream(join(repository, path)) as AsyncIterable<Buffer>) hash.update(chunk);
    }
    hash.update("\0");
  }
  return `sha256:${hash.digest("hex")}`;
}

async function gitFiles(repository: string): Promise<readonly string[] | null> {
  return await new Promise((resolve) => {
    const args = ["ls-files", "-co", "--exclude-standard", "-z", "--", "."];
    execFile("git", args, { cwd: repository, maxBuffer: 1 << 28 }, (error, stdout) => {
      resolve(error === null ? [...new Set(stdout.split("\0").filter((path) => path !== ""))].sort() : null);
    });
  });
}
