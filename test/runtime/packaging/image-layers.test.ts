import { chmodSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { extract } from "tar-stream";
import { layerOf } from "../../../lib/runtime/packaging/image-layers";
import { temporaryFolder } from "../temporary-folder";
import { writeFiles } from "../write-files";

const top = temporaryFolder();
let cache: string;
let folder: string;
beforeEach(() => {
  cache = mkdtempSync(join(top, "cache-"));
  folder = writeFiles(mkdtempSync(join(top, "folder-")), { "weights.bin": "weights", "nested/run.sh": "#!/bin/sh\n" });
  chmodSync(join(folder, "nested/run.sh"), 0o755);
});

/** Path and mode of every file of a layer. */
async function filesOf(file: string): Promise<Readonly<Record<string, string>>> {
  const reading = extract();
  reading.end(gunzipSync(readFileSync(file)));
  const found: Record<string, string> = {};
  for await (const entry of reading) {
    if (entry.header.type === "file") found[entry.header.name] = entry.header.mode.toString(8);
    entry.resume();
  }
  return found;
}

test("stands below its root, and nothing in it is executable unless it may be", async () => {
  const plain = await layerOf({ folder, root: "/opt/model" }, cache);
  expect(await filesOf(plain.file)).toEqual({ "opt/model/nested/run.sh": "644", "opt/model/weights.bin": "644" });
  const executable = await layerOf({ folder, root: "/opt/environment", executables: true }, cache);
  expect(await filesOf(executable.file)).toEqual({
    "opt/environment/nested/run.sh": "755",
    "opt/environment/weights.bin": "644",
  });
});

test("is written once of the same content", async () => {
  const first = await layerOf({ folder, root: "/opt/model" }, cache);
  const copy = writeFiles(mkdtempSync(join(top, "copy-")), {
    "weights.bin": "weights",
    "nested/run.sh": "#!/bin/sh\n",
  });
  expect(await layerOf({ folder: copy, root: "/opt/model" }, cache)).toEqual(first);
  expect(readdirSync(join(cache, "layers"))).toHaveLength(1);
});

test.each([
  ["layer.tar.gz", "changed"],
  ["layer.json", ""],
])("that was changed on disk is written again: %s", async (name, content) => {
  const first = await layerOf({ folder, root: "/opt/model" }, cache);
  const bytes = readFileSync(first.file);
  writeFileSync(join(dirname(first.file), name), content);
  const again = await layerOf({ folder, root: "/opt/model" }, cache);
  expect(again).toEqual(first);
  expect(readFileSync(again.file)).toEqual(bytes);
});

test("that many want at once is the same for all, and nothing half written stays", async () => {
  const all = await Promise.all([1, 2, 3, 4].map(() => layerOf({ folder, root: "/opt/model" }, cache)));
  expect(new Set(all.map(({ descriptor }) => descriptor.digest)).size).toBe(1);
  for (const { file } of all) expect(Object.keys(await filesOf(file))).toHaveLength(2);
  expect(readdirSync(join(cache, "layers"))).toHaveLength(1);
});
