import { execFileSync } from "node:child_process";
import { mkdtempSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { PackagingDocument, PythonEnvironment } from "../../../lib/blueprint/pipeline/pipeline-document";
import { InvalidInputError } from "../../../lib/blueprint/problems";
import { digestFolder } from "../../../lib/runtime/handoff/folder-digest";
import { collectParts } from "../../../lib/runtime/packaging/collect-parts";
import { fullParts } from "../../blueprint/manifest/a-release-manifest";
import { temporaryFolder } from "../temporary-folder";
import { writeFiles } from "../write-files";

const top = temporaryFolder();
let project: string;
let parts: string;
beforeEach(() => {
  project = mkdtempSync(join(top, "project-"));
  parts = join(mkdtempSync(join(top, "parts-")), "parts");
});

const pip: PythonEnvironment = { version: "3.11", manager: "pip", lockFile: "locks/requirements.txt" };

async function collect(packaging: Partial<PackagingDocument>, python = pip): Promise<readonly string[]> {
  const full = { ...fullParts.pipeline.packaging!, files: [], ...packaging };
  await collectParts(project, parts, { ...fullParts.pipeline, python }, full);
  return (await digestFolder(parts)).files.map(({ path }) => path);
}

const image = (lockFile: string | null = null) => ({ kind: "image", reference: "python", lockFile }) as const;

test("takes locks and files by their own paths, and leaves out what tools keep for themselves", async () => {
  writeFiles(project, {
    "locks/requirements.txt": "a==1",
    "serving.txt": "a==1",
    "app/main.py": "",
    "app/__pycache__/main.pyc": "",
    "app/.git/config": "",
    "other.py": "",
    "model.json": "{}",
  });
  expect(await collect({ base: image("serving.txt"), files: ["app", "model.json"] })).toEqual([
    "files/app/main.py",
    "files/model.json",
    "lock/locks/requirements.txt",
    "lock/serving.txt",
  ]);
});

test("takes uv's lock with the project file beside it", async () => {
  writeFiles(project, { "train/uv.lock": "", "train/pyproject.toml": "" });
  const uv = { version: "3.11", manager: "uv", lockFile: "train/uv.lock" } as const;
  expect(await collect({ base: image() }, uv)).toEqual(["lock/train/pyproject.toml", "lock/train/uv.lock"]);
});

test("takes no lock for a Dockerfile, and nothing that an earlier collecting left", async () => {
  writeFiles(project, { "serve.py": "" });
  writeFiles(parts, { "files/stale.py": "" });
  const base = { kind: "dockerfile", file: "Dockerfile", context: "." } as const;
  expect(await collect({ base, files: ["serve.py"] })).toEqual(["files/serve.py"]);
});

test("names everything at once that is not there, or is no file", async () => {
  writeFiles(project, { "real.py": "" });
  symlinkSync("real.py", join(project, "link.py"));
  execFileSync("mkfifo", [join(project, "pipe")]);
  const refused = await collect({ base: image("serving.txt"), files: ["real.py", "link.py", "pipe", "gone"] }).catch(
    (error: unknown) => error,
  );
  expect(refused).toBeInstanceOf(InvalidInputError);
  expect((refused as InvalidInputError).problems.map(({ path, says }) => [path, says])).toEqual([
    ["python.lockFile", "is not in the repository"],
    ["packaging.lockFile", "is not in the repository"],
    ["packaging.files[1]", "is neither a file nor a folder"],
    ["packaging.files[2]", "is neither a file nor a folder"],
    ["packaging.files[3]", "is not in the repository"],
  ]);
});

test("a link inside of a folder is said to be one, before anything goes on", async () => {
  writeFiles(project, { "locks/requirements.txt": "a==1", "app/main.py": "" });
  symlinkSync("/etc/passwd", join(project, "app/outside"));
  await expect(collect({ base: image(), files: ["app"] })).rejects.toThrow(/symbolic link/);
});
