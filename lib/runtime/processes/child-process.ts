import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { once } from "node:events";
import type { Variables } from "../command-context";

export interface ProcessOptions {
  readonly directory: string;
  /** Everything the process sees; nothing is inherited. */
  readonly env: Variables;
  /** File that takes what it prints. */
  readonly log: string;
  /** Aborted: the process and everything it started are ended. */
  readonly signal: AbortSignal;
  readonly timeoutMinutes?: number;
  /** An open file that the process keeps open as its file 3, for example a lock that it must not outlive. */
  readonly keepsOpen?: number;
}

export interface ProcessEnding {
  /** 0 to 255; `null` when it was ended by a signal. */
  readonly exitCode: number | null;
  readonly timedOut: boolean;
}

/** Milliseconds between asking a process to end and ending it. */
const GRACE = 5000;

/**
 * Runs a program in a process group of its own, so that it can be ended with everything it started. What it leaves running is ended
 * with it, as a runner of the CI does at the end of a job.
 */
export async function runProcess(argv: readonly string[], options: ProcessOptions): Promise<ProcessEnding> {
  const log = createWriteStream(options.log, { flags: "a" });
  await once(log, "open");
  const [program = "", ...args] = argv;
  const child = spawn(program, args, {
    cwd: options.directory,
    env: { ...options.env },
    detached: true,
    stdio: ["ignore", "pipe", "pipe", ...(options.keepsOpen === undefined ? [] : [options.keepsOpen])],
  });
  child.stdout?.pipe(log, { end: false });
  child.stderr?.pipe(log, { end: false });
  const asked = { toEnd: false };
  const end = (): void => {
    asked.toEnd = true;
    endGroup(child.pid);
  };
  const endRest = (): void => {
    if (child.pid !== undefined) signalGroup(child.pid, "SIGKILL");
  };
  let timedOut = false;
  const timer =
    options.timeoutMinutes === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = true;
          end();
        }, options.timeoutMinutes * 60_000);
  options.signal.addEventListener("abort", end, { once: true });
  if (options.signal.aborted) end();
  try {
    const exitCode = await new Promise<number | null>((resolve) => {
      child.once("error", (error) => {
        log.write(`${program}: ${error.message}\n`);
        resolve(127);
      });
      // Who was asked to end has its grace; who ended by itself keeps nobody waiting by what it left running.
      child.once("exit", () => {
        if (!asked.toEnd) endRest();
      });
      child.once("close", (code) => {
        resolve(code);
      });
    });
    return { exitCode, timedOut };
  } finally {
    clearTimeout(timer);
    options.signal.removeEventListener("abort", end);
    if (asked.toEnd) endRest();
    log.end();
  }
}

/** Asks a process group to end, and ends it when it does not. */
function endGroup(leader: number | undefined): void {
  if (leader === undefined || !signalGroup(leader, "SIGTERM")) return;
  setTimeout(() => signalGroup(leader, "SIGKILL"), GRACE).unref();
}

function signalGroup(leader: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(-leader, signal);
    return true;
  } catch {
    return false;
  }
}
