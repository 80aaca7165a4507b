import { performance } from "node:perf_hooks";
import { setImmediate, setTimeout } from "node:timers/promises";

/** Timers of Node are good to a millisecond; the rest is waited for between two looks at the network. */
const timerMillis = 1.5;

/**
 * Calls `send` for each time in turn, when it has come and never before. Nothing is waited for in between: a send that comes
 * late moves none of those after it.
 *
 * @param times - milliseconds from `start`, rising
 * @param start - on the clock of `performance.now()`
 */
export async function pace(
  times: Float64Array,
  start: number,
  send: (index: number, intended: number) => void,
  signal: AbortSignal,
): Promise<void> {
  for (let index = 0; index < times.length; index++) {
    const intended = start + times[index]!;
    for (let left = intended - performance.now(); left > 0; left = intended - performance.now()) {
      signal.throwIfAborted();
      if (left > timerMillis) await setTimeout(left - timerMillis, undefined, { signal });
      else await setImmediate();
    }
    signal.throwIfAborted();
    send(index, intended);
  }
}
