import type { Problems } from "../problems";
import type { PythonEnvironment } from "./pipeline-document";

/** A file of the pipeline's root folder, as whoever reads the repository found it. */
export interface FoundFile {
  /** Name relative to the root, for example `uv.lock`. */
  readonly name: string;
  readonly text: string;
}

/** Which of several locked Python environments is meant. */
export interface PythonChoice {
  /**
   * The lock file to use where several are found.
   * @default the only one there is
   */
  readonly lockFile?: string;
  /**
   * Python's version, `3.x` or `3.x.y`.
   * @default what `.python-version` says, else the least version that `pyproject.toml` requires, else 3.12
   */
  readonly version?: string;
}

const DEFAULT_VERSION = "3.12";

/** The lock files that are understood, and by what their presence is recognised. */
const LOCKS: readonly { readonly file: RegExp; readonly manager: PythonEnvironment["manager"] }[] = [
  { file: /^uv\.lock$/, manager: "uv" },
  { file: /^poetry\.lock$/, manager: "poetry" },
  { file: /^conda-lock\.ya?ml$/, manager: "conda-lock" },
  { file: /^requirements([.-][\w.-]+)?\.(txt|lock)$/, manager: "pip" },
];

/** Files that state dependencies without fixing them, and how each is locked. */
const UNLOCKED: readonly { readonly file: string; readonly remedy: string }[] = [
  { file: "Pipfile", remedy: "Lock it: `pipenv requirements --hash > requirements.txt`." },
  { file: "environment.yml", remedy: "Lock it: `conda-lock lock --file environment.yml`." },
  { file: "environment.yaml", remedy: "Lock it: `conda-lock lock --file environment.yaml`." },
  { file: "pyproject.toml", remedy: "Lock it: `uv lock`, or `poetry lock`." },
  { file: "setup.py", remedy: "Lock it: `uv pip compile --generate-hashes setup.py -o requirements.txt`." },
];

/**
 * Finds the locked Python environment of a model repository by the files that are there. Dependencies that are not locked are
 * refused: the model that was judged must be the model that a later run would train.
 *
 * @returns the environment, or `null` when a problem was added
 */
export function detectPythonEnvironment(
  files: readonly FoundFile[],
  problems: Problems,
  choice: PythonChoice = {},
): PythonEnvironment | null {
  const found = files.flatMap((file) => {
    const lock = LOCKS.find((each) => each.file.test(file.name));
    return lock === undefined ? [] : [{ file, manager: lock.manager }];
  });
  const hashed = found.filter(({ file, manager }) => manager !== "pip" || unhashedLines(file.text).length === 0);
  const chosen =
    choice.lockFile === undefined ? onlyOne(hashed, found, files, problems) : byName(choice.lockFile, found, problems);
  if (chosen === null) return null;
  return {
    version: choice.version ?? versionFrom(files),
    manager: chosen.manager,
    lockFile: chosen.file.name,
  };
}

interface Candidate {
  readonly file: FoundFile;
  readonly manager: PythonEnvironment["manager"];
}

function onlyOne(
  hashed: readonly Candidate[],
  found: readonly Candidate[],
  files: readonly FoundFile[],
  problems: Problems,
): Candidate | null {
  const [first, ...others] = hashed;
  if (first !== undefined && others.length === 0) return first;
  if (first !== undefined) {
    problems.add(
      "python.lockFile",
      hashed.map(({ file }) => file.name),
      "are several lock files, and nothing says which one counts",
      `Name it, for example \`python: { lockFile: ${JSON.stringify(first.file.name)} }\`, or remove the others.`,
    );
    return null;
  }
  const [unhashed] = found;
  if (unhashed !== undefined) {
    addUnhashed(unhashed.file, problems);
    return null;
  }
  const unlocked = UNLOCKED.find(({ file }) => files.some(({ name }) => name === file));
  problems.add(
    "python.lockFile",
    unlocked?.file,
    unlocked === undefined
      ? "is not there: no locked Python environment was found"
      : "states dependencies that are not locked",
    unlocked?.remedy ?? "Add uv.lock, poetry.lock, conda-lock.yml, or a requirements.txt with a hash on every line.",
  );
  return null;
}

function byName(lockFile: string, found: readonly Candidate[], problems: Problems): Candidate | null {
  const chosen = found.find(({ file }) => file.name === lockFile);
  if (chosen === undefined) {
    problems.add(
      "python.lockFile",
      lockFile,
      "is not a lock file of the pipeline's root",
      found.length === 0
        ? "Add uv.lock, poetry.lock, conda-lock.yml, or a requirements.txt with a hash on every line."
        : `Name one that is there: ${found.map(({ file }) => file.name).join(", ")}.`,
    );
    return null;
  }
  if (chosen.manager === "pip" && unhashedLines(chosen.file.text).length > 0) {
    addUnhashed(chosen.file, problems);
    return null;
  }
  return chosen;
}

function addUnhashed(file: FoundFile, problems: Problems): void {
  const lines = unhashedLines(file.text);
  problems.add(
    "python.lockFile",
    file.name,
    lines[0] === NO_REQUIREMENT
      ? "names no requirement"
      : `has ${lines.length} line${lines.length === 1 ? "" : "s"} without a hash, the first is ${JSON.stringify(lines[0])}`,
    "Lock it: `uv pip compile --generate-hashes requirements.in -o requirements.txt`, or `pip-compile --generate-hashes`.",
  );
}

const NO_REQUIREMENT = "";

/** The requirements of a requirements file that pip would install without checking a hash. */
function unhashedLines(text: string): readonly string[] {
  const lines = text
    .replace(/\\\r?\n/g, " ")
    .split(/\r?\n/)
    .map((line) => line.replace(/(^|\s)#.*$/, "").trim())
    .filter((line) => line !== "");
  // Options on lines of their own (--index-url, --only-binary) install nothing; -r, -c and -e bring in what was not read here.
  const requirements = lines.filter(
    (line) => !line.startsWith("-") || /^(-r|-c|-e|--requirement|--constraint|--editable)\b/.test(line),
  );
  if (requirements.length === 0) return [NO_REQUIREMENT];
  return requirements.filter((line) => !/\s--hash=sha(256|384|512):[0-9a-f]{64,}/.test(line));
}

function versionFrom(files: readonly FoundFile[]): string {
  const pinned = /^\s*(3\.\d+(?:\.\d+)?)\s*$/m.exec(textOf(files, ".python-version"))?.[1];
  const required = /^\s*requires-python\s*=\s*["'][^"']*(?:>=|==|~=)\s*(3\.\d+)/m.exec(
    textOf(files, "pyproject.toml"),
  )?.[1];
  const poetry = /^\s*python\s*=\s*["'](?:\^|~|>=|==)?\s*(3\.\d+)/m.exec(textOf(files, "pyproject.toml"))?.[1];
  return pinned ?? required ?? poetry ?? DEFAULT_VERSION;
}

function textOf(files: readonly FoundFile[], name: string): string {
  return files.find((file) => file.name === name)?.text ?? "";
}
