import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { writeLayer } from "../../../../lib/runtime/oci/layer/write-layer";
import { orderedEntries, type LayerEntry } from "../../../../lib/runtime/oci/layer/layer-entry";
import { describeWith, pythonForEnvironments } from "../../../tools";
import { temporaryFolder } from "../../temporary-folder";

const top = temporaryFolder();
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const file = (path: string, content: string | Uint8Array, executable = false): LayerEntry => ({
  kind: "file",
  path,
  content: typeof content === "string" ? Buffer.from(content) : content,
  executable,
});
const newFolder = (): string => mkdtempSync(join(top, "layer-"));

/** Names that take a pax header: longer than the 100 bytes of a tar header, longer than its 255 with a prefix, not ASCII. */
const entries: readonly LayerEntry[] = [
  file("/opt/slipway/model/MLmodel", "flavors: {}\n"),
  file("/opt/slipway/server/run", "#!/bin/sh\n", true),
  file("/opt/slipway/empty", ""),
  file(`/opt/${"long/".repeat(19)}${"n".repeat(60)}`, "a"),
  file(`/opt/${"x".repeat(250)}/${"y".repeat(250)}`, "b"),
  file("/opt/modèle/données 模型 🚢.bin", Buffer.alloc(70_000, 7)),
  file("/opt/exactly-512", Buffer.alloc(512, 1)),
  { kind: "link", path: "/opt/slipway/current", target: "model" },
  { kind: "link", path: "/opt/slipway/far", target: `/opt/${"z".repeat(180)}/é` },
];

/** Larger than two gzip members, and compressible in parts only. */
function severalMembers(): Buffer {
  const bytes = Buffer.alloc(40_000_000);
  for (let at = 0, x = 1; at < bytes.length; at += 64) {
    x = (Math.imul(x, 1103515245) + 12345) >>> 0;
    bytes.writeUInt32LE(x, at);
  }
  return bytes;
}

test("the descriptor and the diff id are those of the bytes", async () => {
  const layer = await writeLayer(entries, join(newFolder(), "layer"));
  const bytes = readFileSync(layer.file);
  expect(layer.descriptor).toEqual({
    mediaType: "application/vnd.oci.image.layer.v1.tar+gzip",
    digest: `sha256:${sha256(bytes)}`,
    size: bytes.length,
  });
  expect(layer.diffId).toBe(`sha256:${sha256(gunzipSync(bytes))}`);
});

test("the bytes are what they were when this was written", async () => {
  // Whoever changes this digest changes the digest of every image: docs/decisions/0080.
  const { descriptor, diffId } = await writeLayer(entries, join(newFolder(), "layer"));
  expect([diffId, descriptor.digest]).toMatchInlineSnapshot(`
   [
     "sha256:059cc30d21123e977a55f19ee58badea668a58935000e34e1778dfa6fbf0473c",
     "sha256:f83af1b9cdc27be3e93bd05852dcfe3ad34b18764e57ea34d74f21f0bcec5477",
   ]
  `);
});

test("the order in which entries are given does not show", async () => {
  const folder = newFolder();
  const { descriptor } = await writeLayer(entries, join(folder, "layer"));
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray([...entries], { minLength: entries.length }), async (shuffled) => {
      expect((await writeLayer(shuffled, join(folder, "shuffled"))).descriptor).toEqual(descriptor);
    }),
    { numRuns: 8 },
  );
});

test("umask, time zone, locale, working folder, modes and times of the files, and who compiled Slipway do not show", async () => {
  const folder = newFolder();
  const big = join(folder, "big");
  writeFileSync(big, severalMembers());
  const mixed: LayerEntry[] = [...entries, { kind: "file", path: "/opt/big", content: big, executable: false }];
  const here = await writeLayer(mixed, join(folder, "here"));
  const elsewhere = join(folder, "elsewhere");
  mkdirSync(elsewhere);
  writeFileSync(join(elsewhere, "copy"), readFileSync(big), { mode: 0o400 });
  execFileSync("touch", ["-d", "2001-01-01", join(elsewhere, "copy")]);
  const script = `
    process.umask(0o077);
    const { writeLayer } = require(${JSON.stringify(join(process.cwd(), "lib/runtime/oci/layer/write-layer.ts"))});
    const entries = JSON.parse(require("node:fs").readFileSync("entries.json", "utf8"), (key, value) =>
      value?.type === "Buffer" ? Buffer.from(value.data) : value);
    writeLayer(entries, "layer").then(({ descriptor, diffId }) => console.log(JSON.stringify([descriptor, diffId])));`;
  const moved = mixed.map((entry) => (entry.path === "/opt/big" ? { ...entry, content: "copy" } : entry)).reverse();
  writeFileSync(join(elsewhere, "entries.json"), JSON.stringify(moved));
  const said = execFileSync(process.execPath, ["--import", require.resolve("tsx"), "-e", script], {
    cwd: elsewhere,
    encoding: "utf8",
    env: { PATH: process.env.PATH, TZ: "Pacific/Kiritimati", LC_ALL: "tr_TR.UTF-8", HOME: elsewhere },
  });
  expect(JSON.parse(said)).toEqual([here.descriptor, here.diffId]);
});

describe("entries that are no layer", () => {
  test.each([
    ["a relative path", [file("opt/a", "")], "is not absolute"],
    ["a path that leaves the image", [file("/opt/../../etc/passwd", "")], "leaves its folder"],
    ["a path that is no Unicode", [file("/opt/\ud800", "")], "is no valid Unicode"],
    ["a whiteout", [file("/opt/.wh.model", "")], "would delete files"],
    ["one path twice", [file("/a", "1"), file("/a", "2")], "is given twice"],
    ["a file that is a folder", [file("/a", "1"), file("/a/b", "2")], "is a file and the folder of"],
    ["a link to nowhere", [{ kind: "link", path: "/a", target: "" } as const], "is no target"],
    [
      "a missing file",
      [{ kind: "file", path: "/a", content: "/nowhere/at/all", executable: false } as const],
      "cannot be read",
    ],
    [
      "a folder for a file",
      [{ kind: "file", path: "/a", content: top, executable: false } as const],
      "is no regular file",
    ],
  ])("%s", async (_, given, says) => {
    const folder = newFolder();
    await expect(writeLayer(given, join(folder, "layer"))).rejects.toMatchObject({
      problems: [{ says: expect.stringContaining(says) }],
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  test("are all said at once", () => {
    expect(() => orderedEntries([file("a", ""), file("/b/../c", ""), file("/d", ""), file("/d", "")])).toThrow(
      /3 problems/,
    );
  });

  test("a file that shrinks while it is read is refused, and nothing is left", async () => {
    const folder = newFolder();
    const shrinking = join(folder, "shrinking");
    writeFileSync(shrinking, "");
    // Sparse, and far more than is ever read ahead.
    truncateSync(shrinking, 2 ** 30);
    const writing = writeLayer(
      [{ kind: "file", path: "/a", content: shrinking, executable: false }],
      join(folder, "layer"),
    );
    const settled = writing.then(
      () => "written",
      (error: unknown) => error,
    );
    // Reading is well under way once the first of it is written.
    while ((statSync(join(folder, "layer.part"), { throwIfNoEntry: false })?.size ?? 0) === 0)
      await new Promise((resolve) => setImmediate(resolve));
    truncateSync(shrinking, 1000);
    expect(await settled).toMatchObject({ name: "InvalidInputError" });
    expect(readdirSync(folder)).toEqual(["shrinking"]);
  });
});

describeWith(
  () => pythonForEnvironments(),
  "layers read by Python",
  (python) => {
    test("say what was written", async () => {
      const content = severalMembers();
      const all = [...entries, file("/opt/big", content)];
      const layer = await writeLayer(all, join(newFolder(), "layer"));
      const read = JSON.parse(
        execFileSync(python, [join(__dirname, "tar_oracle.py"), layer.file], { encoding: "utf8", maxBuffer: 1e8 }),
      ) as unknown;
      expect(read).toEqual(
        orderedEntries(all).map((entry) => ({
          name: entry.path.slice(1),
          type: entry.kind,
          mode: entry.kind === "link" ? "0o777" : entry.kind === "file" && !entry.executable ? "0o644" : "0o755",
          owner: [0, 0, "", ""],
          time: 0,
          target: entry.kind === "link" ? entry.target : "",
          sha256: sha256(entry.kind === "file" ? (entry.content as Uint8Array) : Buffer.alloc(0)),
        })),
      );
    });
  },
);

test("GNU tar unpacks every file, folder and link", async () => {
  const layer = await writeLayer(entries, join(newFolder(), "layer"));
  const out = newFolder();
  const tar = spawnSync("tar", ["-xzf", layer.file, "-C", out, "--no-same-owner"], {
    encoding: "utf8",
    env: { PATH: process.env.PATH, LC_ALL: "C.UTF-8" },
  });
  expect([tar.status, tar.stderr]).toEqual([0, ""]);
  for (const entry of entries) {
    const path = join(out, entry.path);
    if (entry.kind === "file") expect(readFileSync(path).equals(entry.content as Uint8Array)).toBe(true);
    else expect(execFileSync("readlink", [path], { encoding: "utf8" })).toBe(`${entry.target}\n`);
  }
});
