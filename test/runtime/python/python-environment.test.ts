import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { PythonEnvironment } from "../../../lib/blueprint/pipeline/pipeline-document";
import { localPython } from "../../../lib/runtime/python/python-environment";
import { temporaryFolder } from "../temporary-folder";
import { writeFiles } from "../write-files";

const folder = temporaryFolder();
const [version = "", python = ""] = execFileSync(
  "python3",
  ["-c", "import sys; print('%d.%d' % sys.version_info[:2]); print(sys.executable)"],
  { encoding: "utf8" },
).split("\n");

/** A machine with Python, a shell and the given managers, which write down how they were called. */
class Machine {
  private readonly home = mkdtempSync(join(folder, "machine-"));
  public readonly cache = join(this.home, "cache");
  public readonly log = join(this.home, "install.log");
  public readonly env: Record<string, string>;
  private readonly bin = join(this.home, "bin");

  public constructor(managers: Readonly<Record<string, string>> = {}) {
    writeFiles(this.bin, managers);
    for (const name of Object.keys(managers)) chmodSync(join(this.bin, name), 0o755);
    symlinkSync(python, join(this.bin, "python3"));
    for (const name of ["sh", "mkdir", "rmdir"]) symlinkSync(which(name), join(this.bin, name));
    this.env = { PATH: this.bin, CALLS: join(this.home, "calls") };
  }

  /** The environment of a lock file in a folder of its own. */
  public async python(environment: Partial<PythonEnvironment>, files: Readonly<Record<string, string>>) {
    const directory = writeFiles(join(this.home, "repository"), files);
    const { cache, env, log } = this;
    const signal = new AbortController().signal;
    return await localPython({ version, manager: "pip", lockFile: "requirements.txt", ...environment }, directory, {
      ...{ cache, env, log, signal },
    });
  }

  public calls(): readonly string[] {
    return existsSync(this.env.CALLS!) ? readFileSync(this.env.CALLS!, "utf8").trimEnd().split("\n") : [];
  }
}

function which(program: string): string {
  return execFileSync("sh", ["-c", `command -v ${program}`], { encoding: "utf8" }).trim();
}

const recording = '#!/bin/sh\necho "$0 $*" >> "$CALLS"\nmkdir -p "$VIRTUAL_ENV/bin"\n';

describe("requirements with hashes", () => {
  test("need nothing but Python; the environment is made once per lock", async () => {
    const machine = new Machine();
    const made = await machine.python({}, { "requirements.txt": "# nothing\n" });
    expect(made).toMatchObject({ cached: false, note: null });
    expect(existsSync(join(made.programs, "python"))).toBe(true);
    const again = await machine.python({}, { "requirements.txt": "# nothing\n" });
    expect(again).toEqual({ ...made, cached: true });
  });

  test("an installation that fails names its log, leaves nothing that looks finished, and is tried again", async () => {
    const machine = new Machine({ uv: `${recording}exit 1\n` });
    const lock = { "requirements.txt": "nowhere==1 --hash=sha256:00\n" };
    for (const calls of [1, 2]) {
      await expect(machine.python({}, lock)).rejects.toMatchObject({
        message: expect.stringContaining("the locked environment of requirements.txt cannot be installed"),
        remedy: expect.stringContaining(machine.log),
      });
      expect(machine.calls()).toHaveLength(calls);
    }
  });

  test("without a hash are refused by the real installer", async () => {
    const machine = new Machine();
    const lock = { "requirements.txt": "./package\n", "package/pyproject.toml": "[project]\nname = 'package'\n" };
    await expect(machine.python({}, lock)).rejects.toThrow("cannot be installed");
    expect(readFileSync(machine.log, "utf8")).toContain("hash");
  });
});

describe("locks of other managers", () => {
  const locks = [
    ["uv", "uv.lock", "sync --locked"],
    ["poetry", "poetry.lock", "install --no-root"],
    ["conda-lock", "conda-lock.yml", "install --prefix"],
  ] as const;

  test.each(locks)("%s has to be on the PATH", async (manager, lockFile) => {
    const machine = new Machine();
    await expect(machine.python({ manager, lockFile }, { [lockFile]: "" })).rejects.toMatchObject({
      message: expect.stringContaining(`needs ${manager}, which is not on the PATH`),
      remedy: expect.stringContaining(`Install ${manager}`),
    });
    expect(readdirSync(machine.cache).filter((name) => !name.endsWith(".lock"))).toEqual([]);
  });

  test.each(locks)("%s installs %s by `%s`", async (manager, lockFile, call) => {
    const machine = new Machine({ [manager]: recording });
    const { cached } = await machine.python({ manager, lockFile }, { [lockFile]: "" });
    expect(cached).toBe(false);
    expect(machine.calls()).toEqual([expect.stringContaining(`${manager} ${call}`)]);
  });

  test("uv is asked again when only pyproject.toml has changed", async () => {
    const machine = new Machine({ uv: recording });
    const python = { manager: "uv", lockFile: "uv.lock" } as const;
    await machine.python(python, { "uv.lock": "", "pyproject.toml": "[project]\n" });
    const changed = await machine.python(python, { "uv.lock": "", "pyproject.toml": "[project]\nname = 'new'\n" });
    expect(changed.cached).toBe(false);
  });
});

test("first runs that start at once make one environment, one of them", async () => {
  const exclusive = `${recording}mkdir "$VIRTUAL_ENV/busy" || exit 9\nrmdir "$VIRTUAL_ENV/busy"\n`;
  const machine = new Machine({ uv: exclusive });
  const lock = { "uv.lock": "version = 1\n" };
  const all = await Promise.all(
    Array.from({ length: 4 }, () => machine.python({ manager: "uv", lockFile: "uv.lock" }, lock)),
  );
  expect(all.filter(({ cached }) => !cached)).toHaveLength(1);
  expect(machine.calls()).toHaveLength(1);
});

test("another Python than the pipeline's is used and said", async () => {
  const machine = new Machine({ uv: recording });
  const { note } = await machine.python({ version: "3.99", manager: "uv", lockFile: "uv.lock" }, { "uv.lock": "" });
  expect(note).toBe(`with Python ${version}; the CI uses 3.99`);
});

test("a machine without Python, and a repository without its lock, are told so", async () => {
  const machine = new Machine();
  await expect(machine.python({}, {})).rejects.toThrow("requirements.txt cannot be read");
  machine.env.PATH = folder;
  await expect(machine.python({ version: "3.11" }, { "requirements.txt": "" })).rejects.toThrow("no Python 3.11");
});
