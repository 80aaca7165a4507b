import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, symlinkSync, utimesSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { digestFolder, pathFault } from "../../../lib/runtime/handoff/folder-digest";
import { temporaryFolder } from "../temporary-folder";
import { writeFiles } from "../write-files";

const top = temporaryFolder();
let folders = 0;
const newFolder = (): string => join(top, `folder-${folders++}`);

const fileName = fc.stringMatching(/^[a-zA-Z0-9é漢 ._-]{1,8}$/).filter((name) => name !== "." && name !== "..");
const files = fc.dictionary(
  fc.array(fileName, { minLength: 1, maxLength: 2 }).map((parts) => `d${parts.join("/")}`),
  fc.uint8Array({ maxLength: 40 }),
  { minKeys: 1, maxKeys: 6, noNullPrototype: true },
);
/** A name that is both a file and a folder cannot be written. */
const writable = files.filter((tree) => {
  const paths = Object.keys(tree);
  return !paths.some((path) => paths.some((other) => other.startsWith(`${path}/`)));
});

test("the digest is that of sha256sum over the sorted paths", async () => {
  const folder = writeFiles(newFolder(), { "b.txt": "b", "a/z": "z", "a.txt": "", é: "é", Z: "Z" });
  const sums = execFileSync("bash", ["-c", "find . -type f -printf '%P\\0' | LC_ALL=C sort -z | xargs -0 sha256sum"], {
    cwd: folder,
  });
  expect((await digestFolder(folder)).digest).toBe(`sha256:${createHash("sha256").update(sums).digest("hex")}`);
});

test("depends on names and content alone", async () => {
  await fc.assert(
    fc.asyncProperty(writable, async (tree) => {
      const first = writeFiles(newFolder(), tree);
      const second = writeFiles(newFolder(), Object.fromEntries(Object.entries(tree).reverse()));
      mkdirSync(join(second, "an empty folder"));
      utimesSync(join(second, Object.keys(tree)[0]!), 1, 1);
      expect((await digestFolder(second)).digest).toBe((await digestFolder(first)).digest);
    }),
    { numRuns: 50 },
  );
});

test("changes with any byte of any file and with any name", async () => {
  await fc.assert(
    fc.asyncProperty(writable, fc.nat(), async (tree, pick) => {
      const { digest } = await digestFolder(writeFiles(newFolder(), tree));
      const path = Object.keys(tree)[pick % Object.keys(tree).length]!;
      const { [path]: content, ...others } = tree;
      const longer = { ...others, [path]: Buffer.concat([content!, Buffer.of(0)]) };
      const renamed = { ...others, [`${path}~`]: content! };
      expect((await digestFolder(writeFiles(newFolder(), longer))).digest).not.toBe(digest);
      expect((await digestFolder(writeFiles(newFolder(), renamed))).digest).not.toBe(digest);
    }),
    { numRuns: 50 },
  );
});

test("refuses links, line breaks and backslashes in names, all at once", async () => {
  const folder = writeFiles(newFolder(), { "a\nb": "", "c\\d": "", fine: "" });
  symlinkSync("fine", join(folder, "link"));
  symlinkSync("/nowhere", join(folder, "dangling"));
  await expect(digestFolder(folder)).rejects.toMatchObject({
    name: "InvalidInputError",
    problems: { length: 4 },
  });
  await expect(digestFolder(join(folder, "missing"))).rejects.toThrow("is not a readable folder");
});

test.each(["", "/etc/passwd", "../up", "a/../../b", "a//b", "./a", "C:/x", "a\\b", "a\u0000"])(
  "%j may not be written below a folder",
  (path) => {
    expect(pathFault(path)).not.toBeNull();
  },
);
