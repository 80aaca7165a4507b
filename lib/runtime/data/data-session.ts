import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { CommandContext } from "../command-context";
import type { Arguments } from "../commands/arguments";
import type { CommandOption } from "../commands/command-module";
import { DuckDbSession } from "../duckdb/session";

/** Options of every command that reads the data. */
export const sessionOptions: readonly CommandOption[] = [
  { name: "memory", value: "MiB", summary: "memory for DuckDB before it uses the disk (default: 1024)" },
  { name: "threads", value: "number", summary: "threads for DuckDB (default: all processors)" },
];

/** Runs work in a session that reaches the given files and folders only, within the limits that the arguments set. */
export async function withDataSession<T>(
  context: CommandContext,
  args: Arguments,
  reach: { readonly reads: readonly string[]; readonly writes?: readonly string[] },
  use: (session: DuckDbSession) => Promise<T>,
): Promise<T> {
  const limit = (name: string, fallback: number, least: number): number => {
    const value = args.number(name) ?? fallback;
    if (Number.isInteger(value) && value >= least) return value;
    throw args.wrong(`--${name}`, value, "is too small or no whole number", `Give at least ${least}.`);
  };
  return DuckDbSession.with(
    {
      ...reach,
      temporary: join(context.work.path, "temporary"),
      memoryMegabytes: limit("memory", 1024, 64),
      threads: limit("threads", availableParallelism(), 1),
    },
    use,
  );
}
