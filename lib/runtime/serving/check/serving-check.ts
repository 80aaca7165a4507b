import type { ExampleRequest } from "../example-request";
import type { ModelExamples } from "../model-examples";
import type { RunningServer } from "../running-server";
import type { ServingClient } from "./serving-client";

/** One point of the serving contract that a server can break. */
export interface ServingCheck {
  /** Stable name in kebab-case. */
  readonly id: string;
  /** What holds where it is kept, as a clause: "a prediction for each row". */
  readonly demands: string;
  /** What to do where it is broken, as a sentence. */
  readonly remedy: string;
}

/** What was seen of one check; a check that nothing is said of holds. */
export interface Finding {
  readonly check: ServingCheck;
  readonly result: "broken" | "not-run";
  /** What was seen, or why nothing could be. */
  readonly says: string;
}

/** Checks of one kind, made together. */
export interface Concern {
  readonly checks: readonly ServingCheck[];
  /** `control`: the process has to be signalled or looked into; `start`: servers of its own are started; `nothing`: no server. */
  readonly needs: "requests" | "control" | "start" | "nothing";
  run(trial: Trial): Promise<readonly Finding[]>;
}

/** A server under check and what is known of what it serves. */
export interface Trial {
  readonly server: RunningServer;
  readonly client: ServingClient;
  readonly requests: readonly ExampleRequest[];
  /** Of the model's signature; empty when requests are not held against one. */
  readonly columns: ModelExamples["columns"];
  /** Digest that the server was told; `null` when nobody here knows it. */
  readonly modelDigest: string | null;
  /** Seconds; `null` when the server was not told one. */
  readonly latencyLimit: number | null;
  /** Seconds that the server has from SIGTERM on. */
  readonly grace: number;
  /** Requests that the look at its memory takes. */
  readonly memoryRequests: number;
}

export function broken(check: ServingCheck, says: string): Finding {
  return { check, result: "broken", says };
}

export function notRun(check: ServingCheck, says: string): Finding {
  return { check, result: "not-run", says };
}

/** Milliseconds between two looks at a server. */
export const LOOK_EVERY = 50;

export async function pause(milliseconds = LOOK_EVERY): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
}
