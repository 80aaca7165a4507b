import { type ServedVersion, ServingPath } from "../../blueprint/serving/serving-contract";
import { RefusedError } from "../refusals";

/** Milliseconds between two looks at an address. */
const LOOK_EVERY = 2_000;

/** Consecutive answers by which a rollout counts as finished: behind one address stand several servers. */
const ANSWERS_IN_A_ROW = 10;

/**
 * Waits until an address serves a model: a release may still be under way when its verification starts.
 *
 * @param url - without a slash at the end
 * @param seconds - that it may take
 * @param said - told what is served meanwhile, whenever that changes
 * @throws RefusedError `model-not-served`
 */
export async function untilServed(
  url: string,
  modelDigest: string,
  seconds: number,
  said: (text: string) => void,
): Promise<ServedVersion> {
  const deadline = Date.now() + seconds * 1_000;
  let inARow = 0;
  let before = "";
  for (;;) {
    const seen = await lookAt(url);
    if (typeof seen !== "string" && seen.model === modelDigest) {
      inARow++;
      if (inARow >= ANSWERS_IN_A_ROW) return seen;
      continue;
    }
    inARow = 0;
    const now = typeof seen === "string" ? seen : `it serves ${seen.model}`;
    if (now !== before) said(`waiting for the model at ${url}: ${now}`);
    before = now;
    if (Date.now() >= deadline) {
      throw new RefusedError(
        "model-not-served",
        `${url} does not serve ${modelDigest} after ${seconds} s: ${now}`,
        "Look at its rollout; then run the job again. --wait says how many seconds it may take.",
      );
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
  }
}

/** What a server says it serves, or why it says nothing. */
async function lookAt(url: string): Promise<ServedVersion | string> {
  try {
    const ready = await fetch(url + ServingPath.ready, { signal: AbortSignal.timeout(10_000) });
    if (!ready.ok) return `${ServingPath.ready} answers ${ready.status}`;
    const answer = await fetch(url + ServingPath.version, { signal: AbortSignal.timeout(10_000) });
    if (!answer.ok) return `${ServingPath.version} answers ${answer.status}`;
    const value = (await answer.json()) as Partial<ServedVersion> | null;
    if (typeof value?.model !== "string") return `${ServingPath.version} names no model`;
    return { model: value.model, pipeline: value.pipeline ?? null, server: value.server ?? "unnamed" };
  } catch (error) {
    const { cause } = error as { readonly cause?: { readonly code?: string; readonly message?: string } };
    return `no answer (${cause?.code ?? cause?.message ?? String(error)})`;
  }
}
