import { byCodepoint } from "../../../blueprint/codepoint-order";
import { Problems } from "../../../blueprint/problems";
import { pathFault } from "../../handoff/folder-digest";

/** A file or symbolic link of a layer. */
export type LayerEntry = LayerFile | LayerLink;

export interface LayerFile {
  readonly kind: "file";
  /** Absolute path in the image, for example `/opt/slipway/model/MLmodel`. */
  readonly path: string;
  /** Path of a file on this machine, or the content itself. */
  readonly content: string | Uint8Array;
  /** Mode 0755 instead of 0644; no other mode exists, so that neither umask nor checkout shows in the image. */
  readonly executable: boolean;
}

export interface LayerLink {
  readonly kind: "link";
  readonly path: string;
  /** Where it leads, as written: absolute, or relative to the link. */
  readonly target: string;
}

/** A folder that stands in a layer because something is below it. */
export interface LayerFolder {
  readonly kind: "folder";
  readonly path: string;
}

/**
 * What a layer is written from: entries and the folders above them, each once, in bytewise order of their paths, a folder before what
 * is in it.
 *
 * @throws InvalidInputError for paths that are given twice, leave the image, are a folder and a file, or would delete files of the layers below
 */
export function orderedEntries(entries: readonly LayerEntry[]): readonly (LayerEntry | LayerFolder)[] {
  const problems = new Problems();
  const found = new Map<string, LayerEntry | LayerFolder>();
  for (const entry of entries) {
    const fault = layerPathFault(entry.path);
    if (fault !== null) problems.add("layer entry", entry.path, fault, "Give a clean absolute path in the image.");
    else if (found.has(entry.path)) problems.add("layer entry", entry.path, "is given twice", "Give each path once.");
    else found.set(entry.path, entry);
    if (entry.kind === "link" && (entry.target === "" || !isUnicode(entry.target) || entry.target.includes("\0"))) {
      problems.add(entry.path, entry.target, "is no target of a link", "Give the path the link leads to.");
    }
  }
  for (const path of [...found.keys()]) {
    for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
      const above = path.slice(0, end);
      const there = found.get(above);
      if (there?.kind === "folder") break;
      if (there !== undefined) {
        problems.add(
          "layer entry",
          above,
          `is a ${there.kind} and the folder of ${path}`,
          "Give one of the two another path.",
        );
        break;
      }
      found.set(above, { kind: "folder", path: above });
    }
  }
  problems.throwIfAny("image layer");
  return [...found.values()].sort((a, b) => byCodepoint(a.path, b.path));
}

function layerPathFault(path: string): string | null {
  if (!path.startsWith("/")) return "is not absolute";
  if (!isUnicode(path)) return "is no valid Unicode";
  // An image that hides what its base holds would not be the base plus something, as its history says.
  if (path.split("/").some((part) => part.startsWith(".wh."))) return "would delete files of the layers below";
  return pathFault(path.slice(1));
}

/** Half of a surrogate pair has no UTF-8. */
function isUnicode(text: string): boolean {
  return Buffer.from(text, "utf8").toString("utf8") === text;
}
