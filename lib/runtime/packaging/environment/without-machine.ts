import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type RecordRow, readRecord, recordRow, recordText } from "./record-file";

/** What an installer notes about itself and this machine, and what Python makes when it runs. */
const OF_THIS_MACHINE = /(^|\/)(?:__pycache__\/.*|[^/]+\.dist-info\/(?:direct_url|uv_cache|uv_build)\.json)$/;

/** First line of a program that Python runs, as installers write it; the second form is for paths that are too long for a first line. */
const PYTHON_LINE = /^#![^\n]*python[^\n]*\n/;
const PYTHON_LINE_BY_SHELL = /^#!\/bin\/sh\n'''exec' [^\n]*\n' '''\n/;

/** Takes everything out of laid wheels that comes from the machine they were laid on, and corrects the lists of files accordingly. */
export async function withoutMachine(folder: string): Promise<void> {
  await rm(join(folder, ".lock"), { force: true });
  for (const name of (await readdir(folder)).filter((each) => each.endsWith(".dist-info"))) {
    const record = join(folder, name, "RECORD");
    const rows = readRecord(await readFile(record, "utf8"));
    const kept = await Promise.all(rows.map((row) => settledRow(folder, row)));
    await writeFile(record, recordText(kept.filter((row) => row !== null)));
  }
}

/** The line of a file after it was settled; `null` when the file was taken away. */
async function settledRow(folder: string, row: RecordRow): Promise<RecordRow | null> {
  const path = join(folder, row.path);
  if (OF_THIS_MACHINE.test(row.path)) {
    await rm(path, { force: true });
    await removeIfEmpty(dirname(path));
    return null;
  }
  if (!/^bin\/[^/]+$/.test(row.path)) return row;
  const program = await readFile(path);
  const head = program.subarray(0, 4096).toString("latin1");
  const line = PYTHON_LINE_BY_SHELL.exec(head) ?? PYTHON_LINE.exec(head);
  if (line === null) return row;
  const settled = Buffer.concat([Buffer.from("#!/usr/bin/env python3\n"), program.subarray(line[0].length)]);
  await writeFile(path, settled);
  return recordRow(row.path, settled);
}

async function removeIfEmpty(folder: string): Promise<void> {
  if ((await readdir(folder).catch(() => ["gone"])).length === 0) await rm(folder, { recursive: true, force: true });
}
