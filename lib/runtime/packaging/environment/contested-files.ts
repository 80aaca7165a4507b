import { copyFile, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { normalName } from "./locked-requirements";
import { type RecordRow, readRecord, recordRow } from "./record-file";

/** What one package says about a file it installs. */
interface Claim {
  readonly owner: string;
  readonly row: RecordRow;
}

/**
 * Some packages install different files under the same path (`tests/__init__.py`, say), and uv lays packages in parallel: any of them
 * may have come last. Settled so that the package whose name comes last has it, whatever happened.
 *
 * @param layAlone - lays one package and nothing else, and gives the folder
 */
export async function settleContestedFiles(folder: string, layAlone: (name: string) => Promise<string>): Promise<void> {
  const alone = new Map<string, string>();
  for (const [path, claims] of await claimsOf(folder)) {
    const winner = claims.at(-1)!;
    if (claims.every(({ row }) => row.hash === winner.row.hash)) continue;
    if (recordRow(path, await readFile(join(folder, path))).hash === winner.row.hash) continue;
    const source = alone.get(winner.owner) ?? (await layAlone(winner.owner));
    alone.set(winner.owner, source);
    await copyFile(join(source, path), join(folder, path));
  }
}

/** Who installs what, by path; the claims on a path in order of the packages' names. */
async function claimsOf(folder: string): Promise<ReadonlyMap<string, readonly Claim[]>> {
  const claims = new Map<string, Claim[]>();
  const infos = (await readdir(folder)).filter((name) => name.endsWith(".dist-info"));
  const owners = infos.map((info) => ({ info, owner: normalName(info.slice(0, info.indexOf("-"))) }));
  owners.sort((a, b) => (a.owner < b.owner ? -1 : 1));
  for (const { info, owner } of owners) {
    for (const row of readRecord(await readFile(join(folder, info, "RECORD"), "utf8"))) {
      const others = claims.get(row.path);
      if (others === undefined) claims.set(row.path, [{ owner, row }]);
      else others.push({ owner, row });
    }
  }
  return claims;
}
