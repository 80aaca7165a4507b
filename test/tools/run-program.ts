import { spawnSync } from "node:child_process";

/** Thrown when a program that tests need cannot be had on this machine. */
export class ToolMissingError extends Error {
  public constructor(tool: string, why: string) {
    super(`${tool} cannot be had here: ${why}`);
    this.name = "ToolMissingError";
  }
}

/** Runs a program to its end and returns what it printed. @throws ToolMissingError with the end of its output when it fails */
export function runProgram(tool: string, program: string, args: readonly string[], options: RunOptions = {}): string {
  const result = spawnSync(program, args, {
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { ...process.env, ...options.env },
  });
  if (result.error !== undefined) throw new ToolMissingError(tool, result.error.message);
  if (result.status !== 0) {
    const said = `${result.stdout}${result.stderr}`.trim().split("\n").slice(-15).join("\n");
    throw new ToolMissingError(tool, `${program} ${args.join(" ")} ended with ${String(result.status)}:\n${said}`);
  }
  return result.stdout;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}
