const { createHash, randomInt } = require("node:crypto");
const fs = require("node:fs");
const { dirname, join, relative } = require("node:path");

const name = process.env.INPUT_NAME;
const source = process.env.INPUT_PATH;
const hidden = process.env["INPUT_INCLUDE-HIDDEN-FILES"] === "true";

const files = fs
  .readdirSync(source, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => relative(source, join(entry.parentPath ?? entry.path, entry.name)))
  .filter((path) => hidden || !path.split("/").some((part) => part.startsWith(".")))
  .sort();
if (files.length === 0 && process.env["INPUT_IF-NO-FILES-FOUND"] === "error") {
  throw new Error(`no files were found in ${source}`);
}

// A name is taken once per run, as on GitHub.
fs.mkdirSync(join(process.env.ACT_ARTIFACTS, "names", name), { recursive: false });
const id = String(randomInt(1_000_000_000, 9_999_999_999));
const digest = createHash("sha256");
for (const path of files) {
  const target = join(process.env.ACT_ARTIFACTS, "ids", id, path);
  const content = fs.readFileSync(join(source, path));
  digest.update(`${path}\0`).update(content);
  fs.mkdirSync(dirname(target), { recursive: true });
  // The archive that GitHub keeps has no permissions.
  fs.writeFileSync(target, content, { mode: 0o644 });
}
fs.writeFileSync(join(process.env.ACT_ARTIFACTS, "names", name, "id"), id);
fs.appendFileSync(process.env.GITHUB_OUTPUT, `artifact-id=${id}\nartifact-digest=${digest.digest("hex")}\n`);
console.log(`artifact ${name}: id ${id}, ${files.length} files`);
