import { execFile } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { layEnvironment, type LaidEnvironment } from "../../../../lib/runtime/packaging/environment/lay-environment";
import { describeWith, uvProgram } from "../../../tools";
import { temporaryFolder } from "../../temporary-folder";
import { writeFiles } from "../../write-files";
import { layingPlace } from "../laying-place";
import { LocalIndex } from "../local-index";

const folder = temporaryFolder();
const index = new LocalIndex(join(folder, "index"));
beforeAll(async () => {
  await index.start();
  index.wheel({ name: "needed", version: "1" });
  index.wheel({ name: "only_for_tests", version: "1" });
});
afterAll(async () => {
  await index.stop();
});

async function lay(directory: string, manager: "uv" | "poetry", env = {}): Promise<LaidEnvironment> {
  return await layEnvironment({
    python: { version: "3.13", manager, lockFile: `${manager}.lock` },
    platform: "linux/arm64",
    directory,
    ...layingPlace(folder, env),
  });
}

describeWith(uvProgram, "a uv.lock", (uv) => {
  const directory = join(folder, "by-uv");
  const project = (more: string): string =>
    `[project]\nname = "model"\nversion = "1"\nrequires-python = ">=3.10"\n${more}\n[[tool.uv.index]]\nurl = "${index.url}"\ndefault = true\n`;
  const locked = async (text: string, files: Readonly<Record<string, string>> = {}): Promise<void> => {
    rmSync(directory, { recursive: true, force: true });
    writeFiles(directory, { "pyproject.toml": text, ...files });
    // Not waited for in place: the index that uv asks lives in this process.
    await promisify(execFile)(uv, ["lock", "--quiet"], { cwd: directory });
  };

  test("is laid from the indexes it names, without the project itself and what is for its development", async () => {
    await locked(project('dependencies = ["needed"]\n[dependency-groups]\ndev = ["only-for-tests"]'));
    expect((await lay(directory, "uv")).packages.map(({ name }) => name)).toEqual(["needed"]);
  });

  test("is refused when pyproject.toml has moved on from it", async () => {
    await locked(project('dependencies = ["needed"]'));
    writeFiles(directory, { "pyproject.toml": project('dependencies = ["needed", "only-for-tests"]') });
    await expect(lay(directory, "uv")).rejects.toMatchObject({
      check: "environment-not-locked",
      remedy: expect.stringContaining("uv lock"),
    });
  });

  test("is refused when it takes packages from folders", async () => {
    const sources = '[tool.uv.sources]\nbeside = { path = "beside" }';
    await locked(project(`dependencies = ["needed", "beside"]\n${sources}`), {
      "beside/pyproject.toml": '[project]\nname = "beside"\nversion = "1"\n',
    });
    await expect(lay(directory, "uv")).rejects.toMatchObject({
      check: "environment-not-locked",
      message: expect.stringContaining("./beside is a folder or an address"),
    });
  });

  test("whose Python this machine does not have cannot be held against its project", async () => {
    await locked(project('dependencies = ["needed"]'));
    const lock = (text: string): string => text.replace(">=3.10", ">=3.99");
    writeFiles(directory, { "pyproject.toml": lock(project('dependencies = ["needed"]')) });
    await expect(lay(directory, "uv")).rejects.toMatchObject({
      name: "BrokenEnvironmentError",
      remedy: expect.stringContaining("requires-python"),
    });
  });
});

describe("a poetry.lock", () => {
  const lock = (lockVersion: string): string => {
    const hash = index.wheel({ name: "needed", version: "1" }).split("--hash=")[1]!.trim();
    const source = `[package.source]\ntype = "legacy"\nurl = "${index.url}"\nreference = "ours"\n`;
    return [
      `[[package]]\nname = "needed"\nversion = "1"\noptional = false\ngroups = ["main"]`,
      `files = [{file = "needed-1-py3-none-any.whl", hash = "${hash}"}]\n\n${source}`,
      `[[package]]\nname = "for-windows"\nversion = "1"\noptional = false\ngroups = ["main"]\nmarkers = "sys_platform == \\"win32\\""`,
      `files = [{file = "x.whl", hash = "sha256:${"0".repeat(64)}"}]\n`,
      `[metadata]\nlock-version = "${lockVersion}"\n`,
    ].join("\n");
  };

  test("is laid from the indexes it names, too", async () => {
    const directory = writeFiles(join(folder, "by-poetry"), { "poetry.lock": lock("2.1") });
    expect((await lay(directory, "poetry")).packages.map(({ name }) => name)).toEqual(["needed"]);
  });

  test("is refused when it says too little", async () => {
    const directory = writeFiles(join(folder, "by-old-poetry"), { "poetry.lock": lock("2.0") });
    await expect(lay(directory, "poetry")).rejects.toMatchObject({
      check: "environment-not-locked",
      message: expect.stringContaining("lock again with Poetry 2.0 or later"),
    });
  });
});
