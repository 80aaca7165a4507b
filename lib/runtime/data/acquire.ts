import { createWriteStream } from "node:fs";
import { copyFile, mkdir, realpath, rename, rm, stat } from "node:fs/promises";
import { isAbsolute, join, relative } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import type { ReadableStream } from "node:stream/web";
import { fileSha256 } from "../file-sha256";
import type { DataSourceDocument } from "../../blueprint/pipeline/pipeline-document";
import { InvalidInputError } from "../../blueprint/problems";
import type { CommandContext } from "../command-context";
import { BrokenEnvironmentError, RefusedError } from "../refusals";
import { describeEnding, runUserCommand, shellCommand } from "../user-code/user-command";
import { trainingEnvironment } from "../user-code/user-environment";
import { type DataFile, dataFile, snapshotNames } from "./data-file";

export interface Snapshot extends DataFile {
  readonly bytes: number;
  /** Where it comes from, for people. */
  readonly origin: string;
}

/**
 * Puts the snapshot that a run is about into the folder of the `data` hand-off, as one Parquet or CSV file.
 *
 * @param sample take the sample file of the repository instead of the data
 * @throws RefusedError `data-digest-mismatch`, `data-command-failed`, `data-missing`, `sample-outside-repository`
 * @throws BrokenEnvironmentError when an address does not answer
 */
export async function acquire(context: CommandContext, sample: boolean): Promise<Snapshot> {
  const { data } = context.manifest.pipeline;
  const folder = context.work.handoff("data");
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const arriving = join(folder, "arriving");
  const origin = sample ? await takeSample(context, data, arriving) : await take(context, data, arriving);
  const { format } = await dataFile(arriving);
  const path = join(folder, snapshotNames[format]);
  await rename(arriving, path);
  return { path, format, bytes: (await stat(path)).size, origin };
}

async function take(context: CommandContext, data: DataSourceDocument, to: string): Promise<string> {
  switch (data.kind) {
    case "file":
      await copy(context, data.path, to);
      return `file ${data.path}`;
    case "url":
      await download(data.url, data.sha256, to);
      // Addresses may carry a token in their query.
      return `${new URL(data.url).origin}${new URL(data.url).pathname}`;
    case "command":
      await runDataCommand(context, data.run);
      await copy(context, data.output, to);
      return `command ${data.run}`;
  }
}

async function takeSample(context: CommandContext, data: DataSourceDocument, to: string): Promise<string> {
  if (data.sample === null) {
    throw new InvalidInputError("acquire --sample", [
      {
        path: "pipeline.data.sample",
        value: null,
        says: "names no sample",
        remedy: "Give the data source a sample file, or run the delivery line.",
      },
    ]);
  }
  // A pull request may bring a link to anything on the runner.
  const [file, top] = await Promise.all([realpathOf(inRoot(context, data.sample)), realpath(context.repository)]);
  const inside = relative(top, file);
  if (inside.startsWith("..") || isAbsolute(inside)) {
    throw new RefusedError(
      "sample-outside-repository",
      `${data.sample} is a link that leaves the repository`,
      "Commit the file.",
    );
  }
  await copy(context, data.sample, to);
  return `sample ${data.sample}`;
}

async function copy(context: CommandContext, path: string, to: string): Promise<void> {
  const from = await realpathOf(inRoot(context, path));
  if (!(await stat(from)).isFile()) throw missing(path, "is no file");
  await copyFile(from, to);
}

function inRoot(context: CommandContext, path: string): string {
  return join(context.repository, context.manifest.pipeline.root, path);
}

async function realpathOf(path: string): Promise<string> {
  return realpath(path).catch((error: unknown) => {
    throw missing(path, `cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown error"})`);
  });
}

function missing(path: string, says: string): RefusedError {
  return new RefusedError("data-missing", `data file ${path} ${says}`, "Check the data source of the pipeline.");
}

/** The digest is compared before the file gets the name that other commands read. */
async function download(url: string, sha256: string, to: string): Promise<void> {
  const { protocol, host } = new URL(url);
  if (protocol === "file:") await copyFile(await realpathOf(fileURLToPath(url)), to);
  else await fetchTo(url, host, to);
  const found = await fileSha256(to);
  if (found === sha256) return;
  await rm(to);
  throw new RefusedError(
    "data-digest-mismatch",
    `the data at ${host || url} has SHA-256 ${found}, the pipeline pins ${sha256}`,
    "Find out why it changed; to accept it, pin the new digest in the pipeline's program.",
  );
}

async function fetchTo(url: string, host: string, to: string): Promise<void> {
  const unreachable = (why: string): BrokenEnvironmentError =>
    new BrokenEnvironmentError(`the data at ${host} cannot be fetched: ${why}`, "Check the address and the network.");
  const response = await fetch(url).catch((error: unknown) => {
    const cause = (error as { readonly cause?: NodeJS.ErrnoException }).cause;
    throw unreachable(cause?.code ?? (error as Error).message);
  });
  if (!response.ok || response.body === null) throw unreachable(`status ${response.status}`);
  await pipeline(Readable.fromWeb(response.body as ReadableStream<Uint8Array>), createWriteStream(to)).catch(
    (error: unknown) => {
      throw unreachable((error as Error).message);
    },
  );
}

async function runDataCommand(context: CommandContext, run: string): Promise<void> {
  const ending = await runUserCommand(
    {
      argv: shellCommand(run),
      directory: join(context.repository, context.manifest.pipeline.root),
      env: trainingEnvironment(context.env, { SLIPWAY_LINE: context.line }),
    },
    context.out,
  );
  if (ending.exitCode === 0) return;
  throw new RefusedError(
    "data-command-failed",
    `the data command ended with ${describeEnding(ending)}: ${run}`,
    "Read its output above.",
  );
}
