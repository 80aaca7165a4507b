import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { DuckDBConnection, DuckDBInstance, DuckDBResult } from "@duckdb/node-api";
import { loadDuckDb } from "./load-duckdb";
import { quoteText } from "./literals";

export interface SessionOptions {
  /** Folder for what does not fit into memory; a folder of the session's own is made in it and removed on close. */
  readonly temporary: string;
  /** Files that may be read; nothing else can be. */
  readonly reads?: readonly string[];
  /** Folders that may be written to. */
  readonly writes?: readonly string[];
  /** Memory that DuckDB may hold before it uses the temporary folder, in MiB. @default 1024 */
  readonly memoryMegabytes?: number;
  /** @default 2 */
  readonly threads?: number;
}

/** One row as JSON values; 64-bit integers and decimals come as text. */
export type Row = Readonly<Record<string, unknown>>;

/**
 * A DuckDB in memory that can reach nothing but the files it was opened for: no network, no extensions, no other file, and no
 * statement can change that, because the configuration is locked before the first one runs.
 */
export class DuckDbSession {
  private constructor(
    private readonly instance: DuckDBInstance,
    private readonly connection: DuckDBConnection,
    private readonly temporary: string,
  ) {}

  /** @throws BrokenEnvironmentError when DuckDB is not installed */
  public static async open(options: SessionOptions): Promise<DuckDbSession> {
    const { DuckDBInstance } = loadDuckDb();
    await mkdir(options.temporary, { recursive: true });
    const temporary = await mkdtemp(join(options.temporary, "duckdb-"));
    const instance = await DuckDBInstance.create(":memory:", {
      memory_limit: `${options.memoryMegabytes ?? 1024}MiB`,
      threads: String(options.threads ?? 2),
      temp_directory: temporary,
      autoinstall_known_extensions: "false",
      autoload_known_extensions: "false",
      allow_community_extensions: "false",
    });
    const connection = await instance.connect();
    const list = (paths: readonly string[]): string => `[${paths.map(quoteText).join(", ")}]`;
    // Timestamps without a zone mean UTC everywhere, whatever the machine's zone is.
    await connection.run("SET TimeZone = 'UTC'");
    await connection.run(`SET allowed_paths = ${list(options.reads ?? [])}`);
    await connection.run(`SET allowed_directories = ${list(options.writes ?? [])}`);
    await connection.run("SET enable_external_access = false");
    await connection.run("SET lock_configuration = true");
    return new DuckDbSession(instance, connection, temporary);
  }

  /** Opens a session, hands it over and closes it whatever happens. */
  public static async with<T>(options: SessionOptions, use: (session: DuckDbSession) => Promise<T>): Promise<T> {
    const session = await DuckDbSession.open(options);
    try {
      return await use(session);
    } finally {
      await session.close();
    }
  }

  public async run(sql: string): Promise<void> {
    await this.connection.run(sql);
  }

  /** All rows of a small result. */
  public async rows(sql: string): Promise<readonly Row[]> {
    return (await this.connection.runAndReadAll(sql)).getRowObjectsJson();
  }

  /** The only row of a result. */
  public async row(sql: string): Promise<Row> {
    const rows = await this.rows(sql);
    if (rows.length !== 1) throw new Error(`expected one row, got ${rows.length}: ${sql}`);
    return rows[0]!;
  }

  /** A large result in chunks of some thousand rows, so that its size never matters; see DuckDBResult. */
  public async stream(sql: string): Promise<DuckDBResult> {
    return this.connection.stream(sql);
  }

  /** What DuckDB's own parser makes of a text: how many statements, and whether the first is a SELECT. Runs nothing. */
  public async parse(sql: string): Promise<{ readonly statements: number; readonly select: boolean }> {
    const { StatementType } = loadDuckDb();
    const extracted = await this.connection.extractStatements(sql);
    if (extracted.count !== 1) return { statements: extracted.count, select: false };
    const prepared = await extracted.prepare(0);
    try {
      return { statements: 1, select: prepared.statementType === StatementType.SELECT };
    } finally {
      prepared.destroySync();
    }
  }

  public async close(): Promise<void> {
    this.connection.closeSync();
    this.instance.closeSync();
    await rm(this.temporary, { recursive: true, force: true });
  }
}
