import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { constants } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { Variables } from "../command-context";
import type { Output } from "../output/output";
import { BrokenEnvironmentError } from "../refusals";

/** A command of the model repository, or of Slipway's own that runs its code. */
export interface UserCommand {
  readonly argv: readonly string[];
  readonly directory: string;
  /** Everything the command sees; nothing is inherited. */
  readonly env: Variables;
}

/** How a command ended: by itself with an exit code, or by a signal. */
export interface Ending {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

const forwarded: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/** The given text as a command of the POSIX shell, stopping at the first command that fails. */
export function shellCommand(text: string): readonly string[] {
  return ["/bin/sh", "-ec", text];
}

/**
 * Runs a command to its end and ends every process that it leaves running (contain.py). What it prints is streamed as progress;
 * signals that Slipway receives are passed on.
 *
 * @throws BrokenEnvironmentError when no Python is on the PATH
 */
export async function runUserCommand(command: UserCommand, out: Output): Promise<Ending> {
  const child = spawn("python3", ["-I", "-S", join(__dirname, "contain.py"), ...command.argv], {
    cwd: command.directory,
    env: { ...command.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const forward = (signal: NodeJS.Signals): void => void child.kill(signal);
  for (const signal of forwarded) process.on(signal, forward);
  const resumeEngineCommands = pauseEngineCommands(command.env, out);
  try {
    const [ending] = await Promise.all([endingOf(child), stream(child.stdout, out), stream(child.stderr, out)]);
    return ending;
  } finally {
    resumeEngineCommands();
    for (const signal of forwarded) process.off(signal, forward);
  }
}

async function endingOf(child: ReturnType<typeof spawn>): Promise<Ending> {
  return await new Promise((resolve, reject) => {
    child.once("error", (error: NodeJS.ErrnoException) => {
      reject(
        new BrokenEnvironmentError(
          `python3 cannot be started (${error.code ?? error.message})`,
          "Install the locked Python environment of the repository and put it on the PATH.",
        ),
      );
    });
    child.once("close", (code, signal) => {
      resolve(containedEnding(code, signal));
    });
  });
}

/** How the command itself ended, from how contain.py did: 128 + N says that signal N ended it. */
export function containedEnding(code: number | null, signal: NodeJS.Signals | null): Ending {
  return code !== null && code > 128 ? { exitCode: null, signal: signalOf(code - 128) } : { exitCode: code, signal };
}

function signalOf(number: number): NodeJS.Signals | null {
  const found = Object.entries(constants.signals).find(([, value]) => value === number);
  return (found?.[0] ?? null) as NodeJS.Signals | null;
}

async function stream(from: Readable, out: Output): Promise<void> {
  for await (const line of createInterface({ input: from, crlfDelay: Infinity })) out.progress(line);
}

/** On GitHub, lines that begin with `::` are commands to the runner: between these two marks it takes none. */
function pauseEngineCommands(env: Variables, out: Output): () => void {
  if (process.env.GITHUB_ACTIONS !== "true" && env.GITHUB_ACTIONS !== "true") return () => undefined;
  const mark = randomBytes(16).toString("hex");
  out.progress(`::stop-commands::${mark}`);
  return () => {
    out.progress(`::${mark}::`);
  };
}

/** `exit code 2`, `signal SIGKILL`. */
export function describeEnding(ending: Ending): string {
  return ending.signal === null ? `exit code ${ending.exitCode ?? "unknown"}` : `signal ${ending.signal}`;
}
