import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { PythonEnvironment } from "../../../blueprint/pipeline/pipeline-document";
import { POETRY_REQUIREMENTS } from "../../../jobs/poetry-requirements";
import { BrokenEnvironmentError, RefusedError } from "../../refusals";
import type { LayOptions } from "../kept-folder";
import { type LockedRequirements, lockedRequirements } from "./locked-requirements";
import type { PackagingTools } from "./packaging-tools";

/** Lets a Python before 3.11 read TOML. */
const TOML_FOR_OLD_PYTHON = `import sys
if sys.version_info < (3, 11):
    import tomli
    sys.modules["tomllib"] = tomli
`;

/**
 * What a lock file installs, as requirements with hashes.
 *
 * @param directory - where the lock file is
 * @throws RefusedError `environment-not-locked` when the lock leaves something open or is behind its project, `environment-not-wheels`
 * when it locks other things than packages of a Python index
 * @throws BrokenEnvironmentError when it cannot be read
 */
export async function requirementsOfLock(
  { manager, lockFile }: PythonEnvironment,
  directory: string,
  tools: PackagingTools,
  options: LayOptions,
): Promise<LockedRequirements> {
  const path = join(directory, lockFile);
  const text = await readFile(path, "utf8").catch(() => {
    throw new BrokenEnvironmentError(
      `the lock file ${path} cannot be read`,
      "Commit the lock file that the pipeline was synthesized with, or synthesize it again.",
    );
  });
  switch (manager) {
    case "pip":
      return fromHere(lockedRequirements(text, lockFile), dirname(path));
    case "poetry": {
      const { requirements } = lockedRequirements(await poetryRequirements(path, tools, options), lockFile);
      return { requirements, sources: addresses(text, /^type = "legacy"\nurl = "(https?:\/\/[^"]+)"$/gm, false) };
    }
    case "uv": {
      const { requirements } = lockedRequirements(await uvRequirements(path, tools, options), lockFile);
      return { requirements, sources: addresses(text, /^source = \{ registry = "(https?:\/\/[^"]+)" \}$/gm, true) };
    }
    case "conda-lock":
      throw new RefusedError(
        "environment-not-wheels",
        `${lockFile} locks conda packages, which are no wheels and cannot become a layer of an image that Slipway assembles`,
        "Write the image yourself: Packaging.dockerfile().",
      );
  }
}

async function poetryRequirements(path: string, tools: PackagingTools, options: LayOptions): Promise<string> {
  const script = `${TOML_FOR_OLD_PYTHON}${POETRY_REQUIREMENTS}`;
  const { failed, stdout, stderr } = await output(tools.python, ["-I", "-c", script, path], dirname(path), options);
  if (!failed) return stdout;
  throw notLocked(path, stderr, "Lock again with Poetry 2 (`poetry lock`), every package from an index.");
}

/** uv itself says whether the lock still belongs to its project; for that it wants a Python that the project accepts. */
async function uvRequirements(path: string, tools: PackagingTools, options: LayOptions): Promise<string> {
  const scope = ["--locked", "--no-dev", "--no-emit-project"];
  const form = ["--format", "requirements-txt", "--no-header", "--no-annotate", "--no-progress"];
  const { failed, stdout, stderr } = await output(tools.uv, ["export", ...scope, ...form], dirname(path), options);
  if (!failed) return stdout;
  if (/No interpreter found|incompatible with the project's Python requirement/.test(stderr)) {
    throw new BrokenEnvironmentError(
      `${path} cannot be held against its project without a Python that the project accepts:\n${lastLines(stderr)}`,
      "Install the Python that requires-python of pyproject.toml asks for.",
    );
  }
  throw notLocked(path, stderr, "Bring uv.lock up to date with pyproject.toml: `uv lock`.");
}

/** Folders with packages are relative to the file that names them. */
function fromHere({ requirements, sources }: LockedRequirements, folder: string): LockedRequirements {
  const local = /^--find-links (?!\w+:\/\/)(.*)$/;
  return {
    requirements,
    sources: sources.map((source) =>
      source.replace(local, (_, path: string) => `--find-links ${resolve(folder, path)}`),
    ),
  };
}

/**
 * The indexes that a lock names.
 *
 * @param all - whether it names every index, so that the usual one is asked only when it is among them
 */
function addresses(lock: string, pattern: RegExp, all: boolean): readonly string[] {
  const found = [...new Set([...lock.matchAll(pattern)].map((match) => match[1]!))];
  return found.map((url, index) => `${all && index === 0 ? "--index-url" : "--extra-index-url"} ${url}`);
}

function notLocked(path: string, stderr: string, remedy: string): RefusedError {
  return new RefusedError(
    "environment-not-locked",
    `${path} cannot be read as a lock of wheels:\n${lastLines(stderr)}`,
    remedy,
  );
}

function lastLines(text: string): string {
  return text.trimEnd().split("\n").slice(-12).join("\n");
}

interface Said {
  readonly failed: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

async function output(
  program: string,
  args: readonly string[],
  cwd: string,
  { env, signal }: LayOptions,
): Promise<Said> {
  const variables = { ...env, UV_PYTHON_DOWNLOADS: "never" };
  return await new Promise((done) => {
    execFile(program, args, { cwd, env: variables, signal, maxBuffer: 1 << 28 }, (error, stdout, stderr) => {
      done({ failed: error !== null, stdout, stderr: stderr === "" ? (error?.message ?? "") : stderr });
    });
  });
}
