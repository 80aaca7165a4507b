import { broken, notRun, type Concern, type ServingCheck, type Trial } from "./serving-check";

const memorySteady: ServingCheck = {
  id: "memory-steady",
  demands: "memory does not grow with the number of requests",
  remedy:
    "Look for what each request leaves behind: lists of past requests, caches without a bound, threads that do not end.",
};

/** Readings of one window, evenly over its requests. */
const READINGS = 12;
const AT_ONCE = 4;
/** Bytes a request; below it, an allocator's own ups and downs cannot be told from a leak. */
const LEAST_SLOPE = 1024;
/** Bytes over a window. */
const LEAST_GROWTH = 1024 * 1024;

/** That a server can run for weeks. */
export const memoryChecks: Concern = {
  checks: [memorySteady],
  needs: "control",
  async run(trial) {
    if ((await trial.server.control!.memoryBytes()) === null) {
      return [notRun(memorySteady, "this machine does not tell a process's memory")];
    }
    await predictOften(trial, Math.ceil(trial.memoryRequests / 2));
    // Memory often grows in steps that end; a leak goes on in the second window.
    for (let window = 0; ; window++) {
      const slope = growthPerRequest(await readings(trial));
      if (slope === null) return [];
      if (window === 1) return [broken(memorySteady, `it grows by about ${Math.round(slope / 1024)} KiB a request`)];
    }
  },
};

type Readings = readonly (readonly [requests: number, bytes: number])[];

async function readings(trial: Trial): Promise<Readings> {
  const control = trial.server.control!;
  const step = Math.ceil(trial.memoryRequests / READINGS);
  const found: (readonly [number, number])[] = [];
  for (let reading = 0; reading < READINGS; reading++) {
    await predictOften(trial, step);
    const bytes = await control.memoryBytes();
    if (bytes !== null) found.push([(reading + 1) * step, bytes]);
  }
  return found;
}

async function predictOften({ client, requests }: Trial, times: number): Promise<void> {
  let begun = 0;
  const worker = async (): Promise<void> => {
    while (begun < times) await client.predict(requests[begun++ % requests.length]!.body);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/**
 * Bytes a request: the median of the slopes between all pairs of readings, after Theil and Sen; `null` when it is no leak. One is
 * where three quarters of the pairs grow, so that an allocator's single steps and peaks are none.
 */
export function growthPerRequest(readings: Readings): number | null {
  const slopes = readings
    .flatMap(([requests, bytes], index) =>
      readings.slice(index + 1).map(([later, more]) => (more - bytes) / (later - requests)),
    )
    .sort((a, b) => a - b);
  const span = (readings.at(-1)?.[0] ?? 0) - (readings[0]?.[0] ?? 0);
  const slope = slopes[Math.floor(slopes.length / 2)] ?? 0;
  const lowerQuartile = slopes[Math.floor(slopes.length / 4)] ?? 0;
  return lowerQuartile >= LEAST_SLOPE && slope * span >= LEAST_GROWTH ? slope : null;
}
