import { createHash } from "node:crypto";

/** One line of a RECORD, the list of an installed package's files. */
export interface RecordRow {
  /** Relative to the folder of site packages. */
  readonly path: string;
  /** `sha256=` and unpadded base64url; empty for RECORD itself. */
  readonly hash: string;
  /** Bytes, in decimal; empty for RECORD itself. */
  readonly size: string;
}

const ROW = /^(?:"((?:[^"]|"")*)"|([^,"]*)),([^,]*),([^,]*)$/;

/** Reads a RECORD (PyPA's "Recording installed projects"): lines of comma-separated values. */
export function readRecord(text: string): readonly RecordRow[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const match = ROW.exec(line);
    if (match === null) return [];
    const [, quoted, plain, hash = "", size = ""] = match;
    return [{ path: quoted?.replace(/""/g, '"') ?? plain!, hash, size }];
  });
}

/** Writes it, in order of the paths. */
export function recordText(rows: readonly RecordRow[]): string {
  return rows
    .map(({ path, hash, size }) => `${/[",]/.test(path) ? `"${path.replace(/"/g, '""')}"` : path},${hash},${size}\n`)
    .sort()
    .join("");
}

/** The line of a file with the given content. */
export function recordRow(path: string, content: Buffer): RecordRow {
  const hash = `sha256=${createHash("sha256").update(content).digest("base64url")}`;
  return { path, hash, size: String(content.length) };
}
