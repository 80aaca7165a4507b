import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, isAbsolute, join, posix, resolve } from "node:path";
import type { Construct } from "constructs";
import { byCodepoint } from "../../blueprint/codepoint-order";
import type { Problems } from "../../blueprint/problems";

/** The files that an image is built from, as they are when the program runs. */
export interface BuildContext {
  /** Absolute path. */
  readonly folder: string;
  /** Lower-case hex sha256 of every file's path, content and whether it can be executed. */
  readonly digest: string;
}

/** Reads the folder; `null` when problems were added. */
export function readBuildContext(
  scope: Construct,
  context: string,
  dockerfile: string,
  problems: Problems,
): BuildContext | null {
  const folder = isAbsolute(context) ? context : resolve(programFolder(scope), context);
  if (!isFolder(folder)) {
    problems.add("context", context, "is not a folder", "Name the folder with the Dockerfile, relative to cdktf.json.");
    return null;
  }
  if (existsSync(join(folder, ".git"))) {
    problems.add(
      "context",
      context,
      "holds a repository with its history, which would be copied into every build",
      "Name a folder below it that holds only what the image needs.",
    );
    return null;
  }
  if (!isInside(dockerfile) || !existsSync(join(folder, dockerfile))) {
    problems.add(
      "dockerfile",
      dockerfile,
      "is not a file of the build context",
      "Name it relative to the context, inside it.",
    );
    return null;
  }
  return { folder, digest: digestOf(folder) };
}

/** As for cdktf's own assets: relative paths start at cdktf.json, else where the program was started. */
function programFolder(scope: Construct): string {
  const stated: unknown = scope.node.tryGetContext("cdktfJsonPath");
  if (typeof stated === "string") return dirname(stated);
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    if (existsSync(join(folder, "cdktf.json"))) return folder;
    if (folder === dirname(folder)) return process.cwd();
  }
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}

function isInside(path: string): boolean {
  return path !== "" && !isAbsolute(path) && posix.normalize(path).split("/")[0] !== "..";
}

/** cdktf's own hash knows neither the names nor the modes of files, which an image has. */
function digestOf(folder: string): string {
  const hash = createHash("sha256");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((file) => file.replaceAll("\\", "/"))
    .sort(byCodepoint);
  for (const file of files) {
    const status = statSync(join(folder, file));
    if (!status.isFile()) continue;
    const content = createHash("sha256").update(readFileSync(join(folder, file)));
    hash.update(`${content.digest("hex")} ${(status.mode & 0o100) === 0 ? "-" : "x"} ${file}\n`);
  }
  return hash.digest("hex");
}
