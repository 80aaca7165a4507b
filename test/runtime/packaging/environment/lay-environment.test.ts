import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PythonEnvironment } from "../../../../lib/blueprint/pipeline/pipeline-document";
import { layEnvironment, type LaidEnvironment } from "../../../../lib/runtime/packaging/environment/lay-environment";
import { recordRow, readRecord } from "../../../../lib/runtime/packaging/environment/record-file";
import type { ImagePlatform } from "../../../../lib/blueprint/pipeline/pipeline-document";
import type { LayOptions } from "../../../../lib/runtime/packaging/kept-folder";
import { temporaryFolder } from "../../temporary-folder";
import { writeFiles } from "../../write-files";
import { layingPlace } from "../laying-place";
import { LocalIndex } from "../local-index";

/** Laying of made-up packages from an index on this machine, by the real uv. */
const folder = temporaryFolder();
const index = new LocalIndex(join(folder, "index"));
beforeAll(async () => {
  await index.start();
});
afterAll(async () => {
  await index.stop();
});

const place = (): LayOptions => layingPlace(folder, { UV_DEFAULT_INDEX: index.url });
let shared: LayOptions;
beforeAll(() => {
  shared = place();
});

interface Variation {
  readonly platform?: ImagePlatform;
  readonly python?: Partial<PythonEnvironment>;
  readonly files?: Readonly<Record<string, string>>;
  readonly servingLockFile?: string;
}

async function lay(lock: string, variation: Variation = {}, options = shared): Promise<LaidEnvironment> {
  const directory = writeFiles(mkdtempSync(join(folder, "repository-")), {
    "requirements.txt": lock,
    ...variation.files,
  });
  return await layEnvironment({
    python: { version: "3.11", manager: "pip", lockFile: "requirements.txt", ...variation.python },
    platform: variation.platform ?? "linux/amd64",
    directory,
    servingLockFile: variation.servingLockFile,
    ...options,
  });
}

const paths = ({ content }: LaidEnvironment): readonly string[] => content.files.map(({ path }) => path);

/** Everything a folder holds with its mode, as a layer would see it. */
function modes(below: string): readonly string[] {
  return readdirSync(below, { recursive: true, encoding: "utf8" })
    .map((path) => `${(statSync(join(below, path)).mode & 0o7777).toString(8)} ${path}`)
    .sort();
}

describe("a laid environment", () => {
  const scripted = (): string =>
    index.wheel({
      name: "scripted",
      version: "1.0",
      metadata: "License-Expression: MIT\n",
      files: {
        "scripted.py": "def main(): print('ran')\n",
        "scripted-1.0.dist-info/entry_points.txt": "[console_scripts]\nscripted = scripted:main\n",
        "scripted-1.0.data/scripts/by-python": "#!python\nprint('by python')\n",
        "scripted-1.0.data/scripts/by-shell": "#!/bin/sh\necho by shell\n",
        "scripted-1.0.data/data/share/scripted.txt": "data\n",
        "scripted/__pycache__/stale.cpython-311.pyc": "compiled elsewhere",
      },
    });

  test("is the same bytes and modes from another folder, home, cache and umask", async () => {
    const lock = scripted();
    const first = await lay(lock);
    const umask = process.umask(0o077);
    const second = await lay(lock, {}, place()).finally(() => process.umask(umask));
    expect(second.folder).not.toBe(first.folder);
    expect(second.content).toEqual(first.content);
    expect(modes(second.folder)).toEqual(modes(first.folder));
  });

  test("names no path and no interpreter of this machine, and its lists of files are right", async () => {
    const laid = await lay(scripted());
    for (const path of paths(laid)) {
      const text = readFileSync(join(laid.folder, path), "latin1");
      for (const local of [folder, shared.cache, process.cwd()])
        expect({ path, text }).not.toMatchObject({ text: expect.stringContaining(local) });
    }
    for (const name of ["scripted", "by-python"]) {
      expect(readFileSync(join(laid.folder, "bin", name), "utf8")).toMatch(/^#!\/usr\/bin\/env python3\n/);
    }
    expect(readFileSync(join(laid.folder, "bin/by-shell"), "utf8")).toBe("#!/bin/sh\necho by shell\n");
    expect(paths(laid)).toEqual(expect.arrayContaining(["share/scripted.txt", "scripted.py"]));
    expect(paths(laid).filter((path) => /pycache|\.lock$|direct_url/.test(path))).toEqual([]);
    const record = readRecord(readFileSync(join(laid.folder, "scripted-1.0.dist-info/RECORD"), "utf8"));
    expect(record.map(({ path }) => path)).toEqual(paths(laid));
    for (const row of record.filter(({ hash }) => hash !== "")) {
      expect(row).toEqual(recordRow(row.path, readFileSync(join(laid.folder, row.path))));
    }
  });

  test("is kept, waited for by others, and laid anew when somebody changed it", async () => {
    const options = place();
    const lock = scripted();
    const all = await Promise.all([1, 2, 3].map(() => lay(lock, {}, options)));
    expect(all.map(({ cached }) => cached).sort()).toEqual([false, true, true]);
    writeFileSync(join(all[0]!.folder, "scripted.py"), "changed");
    const again = await lay(lock, {}, options);
    expect(again).toMatchObject({ cached: false, content: all[0]!.content });
    rmSync(join(again.folder, "..", "complete"));
    writeFileSync(join(again.folder, "left-by-a-killed-run.py"), "");
    expect(await lay(lock, {}, options)).toMatchObject({ cached: false, content: all[0]!.content });
  });

  test("takes of each package the wheel of the target", async () => {
    const build = (tags: string): string =>
      index.wheel({ name: "native", version: "2.0", tags, files: { "native.py": tags } });
    const hashes = [
      "cp311-cp311-manylinux_2_17_x86_64",
      "cp311-cp311-manylinux_2_28_aarch64",
      "cp312-abi3-manylinux_2_17_x86_64",
    ]
      .map(build)
      .map((line) => line.split(" ")[1]!.trim());
    const lock = `native==2.0 ${hashes.join(" ")}\n`;
    const of = async (variation: Variation): Promise<string> =>
      readFileSync(join((await lay(lock, variation)).folder, "native.py"), "utf8");
    expect(await of({})).toBe("cp311-cp311-manylinux_2_17_x86_64");
    expect(await of({ platform: "linux/arm64" })).toBe("cp311-cp311-manylinux_2_28_aarch64");
    expect(await of({ python: { version: "3.13.1" } })).toBe("cp312-abi3-manylinux_2_17_x86_64");
  });

  test("leaves out what its marker excludes on the target", async () => {
    const lock = index.wheel({ name: "only_here", version: "1" });
    const marked = lock.replace("==1 ", '==1 ; platform_machine == "x86_64" and python_version < "3.12" ');
    expect(await lay(marked)).toMatchObject({ packages: [{ name: "only_here", version: "1" }] });
    expect(await lay(marked, { platform: "linux/arm64" })).toMatchObject({ packages: [], content: { files: [] } });
    expect(await lay(marked, { python: { version: "3.12" } })).toMatchObject({ packages: [] });
  });

  test("has of a file that several packages bring the last one's by name, whoever was laid last", async () => {
    const names = ["alpha", "beta", "gamma", "delta", "omega"];
    const lock = names.map((name) =>
      index.wheel({
        name,
        version: "1",
        files: { "tests/__init__.py": name, "tests/same.py": "", [`${name}.py`]: "" },
      }),
    );
    for (let turn = 0; turn < 3; turn++) {
      const laid = await lay(lock.join(""), {}, place());
      expect(readFileSync(join(laid.folder, "tests/__init__.py"), "utf8")).toBe("omega");
      lock.reverse();
    }
  });

  test("lists its packages with licenses and what their wheels are for", async () => {
    const lock = [
      index.wheel({
        name: "expressed",
        version: "1",
        metadata: "License-Expression: MIT OR Apache-2.0\nLicense: no\n",
      }),
      index.wheel({
        name: "classified",
        version: "2",
        metadata:
          "License: Long text\n        goes on\nClassifier: License :: OSI Approved :: BSD License\nClassifier: Topic :: X\n",
      }),
      index.wheel({
        name: "Stated_Only",
        version: "3",
        metadata: "License: zlib\n\nLicense-Expression: in the description\n",
      }),
      index.wheel({ name: "silent", version: "4", metadata: "License: UNKNOWN\n" }),
    ];
    const wheelTags = ["py3-none-any"];
    expect((await lay(lock.join(""))).packages).toEqual([
      { name: "Stated_Only", version: "3", license: { names: ["zlib"] }, wheelTags },
      { name: "classified", version: "2", license: { names: ["BSD License"] }, wheelTags },
      { name: "expressed", version: "1", license: { expression: "MIT OR Apache-2.0" }, wheelTags },
      { name: "silent", version: "4", license: null, wheelTags },
    ]);
  });
});

describe("refused is", () => {
  test("a wheel that the index changed after the lock was made", async () => {
    const lock = index.wheel({ name: "swapped", version: "1", files: { "swapped.py": "good" } });
    index.wheel({ name: "swapped", version: "1", files: { "swapped.py": "evil" } });
    await expect(lay(lock)).rejects.toMatchObject({
      check: "wheel-hash-mismatch",
      message: expect.stringMatching(/the wheel of swapped==1 [^]*Computed:/),
    });
    expect(
      readdirSync(join(shared.cache, "environments")).filter((name) =>
        existsSync(join(shared.cache, "environments", name, "content", "swapped.py")),
      ),
    ).toEqual([]);
  });

  test("every package that has no wheel for the target, in one go", async () => {
    const lock = [
      index.source("only_source", "1"),
      index.wheel({ name: "for_windows", version: "2", tags: "cp311-cp311-win_amd64" }),
      index.wheel({ name: "there", version: "3" }),
      index.wheel({ name: "old", version: "4" }).replace("==4", "==5"),
      "nowhere==6 --hash=sha256:" + "0".repeat(64),
    ];
    const refusal = lay(lock.join(""), { platform: "linux/arm64" });
    await expect(refusal).rejects.toMatchObject({
      check: "wheel-missing",
      remedy: expect.stringContaining("Packaging.dockerfile()"),
    });
    const { message } = (await refusal.catch((error: unknown) => error)) as Error;
    expect(message).toContain("Python 3.11 on linux/arm64");
    expect(
      message
        .split("\n")
        .filter((line) => line.startsWith("  - "))
        .sort(),
    ).toEqual([
      "  - for-windows 2: only for other platforms, for other Pythons, or as a source that would have to be built",
      "  - nowhere 6: no index has this package",
      "  - old 5: no index has this version",
      "  - only-source 1: only for other platforms, for other Pythons, or as a source that would have to be built",
    ]);
  });

  test("every line of a lock that leaves something open, before anything is fetched", async () => {
    const hash = `--hash=sha256:${"1".repeat(64)}`;
    const lock = [
      "--index-url https://user:secret@index.test/simple",
      `fine==1 ${hash}`,
      "no-hash==1",
      `unpinned>=1 ${hash}`,
      `any==1.* ${hash}`,
      `./folder ${hash}`,
      "-e ./member",
      "-r other.txt",
      `direct @ https://user:secret@host.test/direct-1-py3-none-any.whl ${hash}`,
      "git+https://host.test/repository",
    ];
    const refusal = lay(`${lock.join("\n")}\n`);
    await expect(refusal).rejects.toMatchObject({ check: "environment-not-locked" });
    const { message } = (await refusal.catch((error: unknown) => error)) as Error;
    expect(message.split("\n").slice(1)).toEqual([
      "  - no-hash==1 has no hash",
      "  - unpinned>=1 is not pinned to one version by ==",
      "  - any==1.* is not pinned to one version by ==",
      "  - ./folder is a folder or an address, not a version from an index",
      "  - -e ./member is a folder or an address, not a version from an index",
      "  - -r other.txt brings in another file",
      "  - direct @ https://***@host.test/direct-1-py3-none-any.whl is a folder or an address, not a version from an index",
      "  - git+https://host.test/repository is a folder or an address, not a version from an index",
    ]);
    await expect(lay("# nothing\n")).rejects.toMatchObject({ check: "environment-not-locked" });
  });

  test("a serving environment that differs from the training's, with all differences", async () => {
    const [a, b, c] = ["first", "second", "third"].map((name) => index.wheel({ name, version: "1" })) as [
      string,
      string,
      string,
    ];
    const laid = await lay(a + b + c, { servingLockFile: "serving.txt", files: { "serving.txt": b } });
    expect(laid.packages.map(({ name }) => name)).toEqual(["second"]);
    const other = [
      a.replace("==1", "==2"),
      b.replace(/sha256:..../, "sha256:0000"),
      "extra==1 --hash=sha256:" + "2".repeat(64),
    ];
    const refusal = lay(a + b + c, { servingLockFile: "serving.txt", files: { "serving.txt": `${other.join("")}\n` } });
    await expect(refusal).rejects.toMatchObject({ check: "serving-lock-differs" });
    await expect(refusal).rejects.toThrow(
      [
        "serving.txt is not a part of requirements.txt:",
        "  - first is 2, in requirements.txt 1",
        "  - second 1 has no hash in common with requirements.txt",
        "  - extra 1 is not in requirements.txt",
      ].join("\n"),
    );
  });

  test("a lock of conda packages", async () => {
    await expect(
      lay("", { python: { manager: "conda-lock", lockFile: "conda-lock.yml" }, files: { "conda-lock.yml": "" } }),
    ).rejects.toMatchObject({
      check: "environment-not-wheels",
      remedy: expect.stringContaining("Packaging.dockerfile()"),
    });
  });
});

test("an index that does not answer is the environment's fault", async () => {
  const gone = new LocalIndex(join(folder, "gone"));
  const lock = gone.wheel({ name: "unreachable", version: "1" });
  await gone.start();
  const { url } = gone;
  await gone.stop();
  await expect(
    lay(lock, {}, layingPlace(folder, { UV_DEFAULT_INDEX: url, UV_HTTP_RETRIES: "0" })),
  ).rejects.toMatchObject({
    name: "BrokenEnvironmentError",
    message: expect.stringContaining("Connection refused"),
    remedy: expect.stringContaining("UV_DEFAULT_INDEX"),
  });
});

test("an index that only pip's variables name is asked too", async () => {
  const lock = index.wheel({ name: "by_pip", version: "1" });
  const laid = await lay(
    lock,
    {},
    layingPlace(folder, { UV_DEFAULT_INDEX: undefined, UV_INDEX_URL: undefined, PIP_INDEX_URL: index.url }),
  );
  expect(laid.packages).toHaveLength(1);
});

test("a folder of wheels that the lock names is looked into", async () => {
  const wheels = new LocalIndex(join(folder, "found"));
  const lock = wheels.wheel({ name: "found", version: "1" });
  const laid = await lay(`--find-links ../found\n${lock}`);
  expect(laid.packages).toHaveLength(1);
});

test("a lock that is not there is said so", async () => {
  await expect(lay("", { python: { lockFile: "other.txt" } })).rejects.toMatchObject({
    name: "BrokenEnvironmentError",
    message: expect.stringContaining("other.txt cannot be read"),
  });
});
