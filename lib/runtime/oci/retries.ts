import { setTimeout as pause } from "node:timers/promises";
import { BrokenEnvironmentError, RefusedError } from "../refusals";
import { InvalidInputError } from "../../blueprint/problems";

/** Milliseconds between attempts: five attempts within about eight seconds, unless the registry asks for longer pauses. */
export const backOff: readonly number[] = [250, 500, 2000, 5000];

/** Longest pause, in milliseconds, that a registry's Retry-After is followed for. */
const longestPause = 30_000;

/** Something that may work when it is tried again. */
export class TransientFailure extends Error {
  public constructor(
    message: string,
    /** Milliseconds the registry asked to wait. */
    public readonly wait = 0,
  ) {
    super(message);
    this.name = "TransientFailure";
  }
}

/**
 * Does again what failed for a passing reason. Everything a registry is asked for may be asked twice: content has its digest for a name.
 *
 * @throws BrokenEnvironmentError when every attempt failed
 */
export async function withRetries<T>(work: () => Promise<T>, pauses: readonly number[] = backOff): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof TransientFailure)) throw error;
      const delay = pauses[attempt];
      if (delay === undefined) {
        throw new BrokenEnvironmentError(
          error.message,
          "Check the registry and this machine's way to it, then run the job again.",
        );
      }
      await pause(Math.max(delay, Math.min(error.wait, longestPause)));
    }
  }
}

/** A connection that broke, as something to try again; an error of our own stays what it is. */
export function connectionFailure(what: string, error: unknown): Error {
  const own = [RefusedError, BrokenEnvironmentError, InvalidInputError, TransientFailure];
  if (own.some((kind) => error instanceof kind)) return error as Error;
  const { message, cause } = error as { message?: string; cause?: unknown };
  // fetch says only "fetch failed"; why is in its cause.
  const { message: why, code } = (cause ?? {}) as { message?: string; code?: string };
  const says = [code, why ?? message].filter((part) => part !== undefined && part !== "").join(" ");
  return new TransientFailure(`${what}: ${says}`);
}

/** The failure that an answer stands for when it is worth another attempt, else `null`. */
export function transientAnswer(what: string, response: Response): TransientFailure | null {
  if (![408, 429, 500, 502, 503, 504].includes(response.status)) return null;
  const seconds = Number(response.headers.get("retry-after") ?? "0");
  return new TransientFailure(
    `${what}: ${response.status} ${response.statusText}`,
    (Number.isFinite(seconds) ? Math.max(seconds, 0) : 0) * 1000,
  );
}
