import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { InvalidInputError } from "../../blueprint/problems";
import { quoteText } from "../duckdb/literals";

/** A snapshot on disk and how DuckDB reads it. */
export interface DataFile {
  readonly path: string;
  readonly format: "parquet" | "csv";
}

/** Names that the snapshot has in the `data` hand-off. */
export const snapshotNames: Readonly<Record<DataFile["format"], string>> = {
  parquet: "snapshot.parquet",
  csv: "snapshot.csv",
};

/**
 * Tells Parquet from CSV by content, never by name.
 *
 * @throws InvalidInputError when the file cannot be read
 */
export async function dataFile(path: string): Promise<DataFile> {
  const magic = Buffer.alloc(4);
  try {
    const file = await open(path, "r");
    try {
      await file.read(magic, 0, 4, 0);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new InvalidInputError("data", [
      {
        path: "data",
        value: path,
        says: `cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown error"})`,
        remedy: "Name a Parquet or CSV file.",
      },
    ]);
  }
  return { path, format: magic.toString("latin1") === "PAR1" ? "parquet" : "csv" };
}

/** The snapshot in the folder of the `data` hand-off. */
export async function snapshotIn(folder: string): Promise<DataFile> {
  const found = (await readdir(folder)).filter((name) => Object.values(snapshotNames).includes(name));
  if (found.length === 1) return dataFile(join(folder, found[0]!));
  throw new InvalidInputError("data", [
    {
      path: folder,
      value: found,
      says: "does not hold exactly one snapshot",
      remedy: `Run \`slipway acquire\` first; it writes ${Object.values(snapshotNames).join(" or ")}.`,
    },
  ]);
}

/**
 * The file as a table of SQL. A CSV file is RFC 4180: UTF-8, a header, commas, double quotes; an empty field is missing, an empty
 * quoted field is an empty text. Every field stays text, so that its type is decided by the contract and not guessed.
 */
export function tableOf(file: DataFile): string {
  if (file.format === "parquet") return `read_parquet(${quoteText(file.path)})`;
  const options = [
    "header = true",
    "all_varchar = true",
    "delim = ','",
    `quote = '"'`,
    `escape = '"'`,
    "nullstr = ''",
    "allow_quoted_nulls = false",
    "sample_size = 1",
  ];
  return `read_csv(${quoteText(file.path)}, ${options.join(", ")})`;
}

/** An error about a file that DuckDB cannot read, without the row that DuckDB would quote. */
export function unreadable(file: DataFile, error: unknown): InvalidInputError {
  const message = (error as Error).message;
  const line = /\bLine: (\d+)/i.exec(message)?.[1];
  return new InvalidInputError("data", [
    {
      path: line === undefined ? "data" : `data, line ${line}`,
      value: file.path,
      says: `cannot be read as ${file.format} (${/^[A-Za-z ]+(?=:)/.exec(message)?.[0] ?? "unknown error"})`,
      remedy:
        file.format === "csv"
          ? "Write RFC 4180 in UTF-8: a header, commas, double quotes, the same number of fields in every line."
          : "Write the Parquet file again; it is damaged.",
    },
  ]);
}
