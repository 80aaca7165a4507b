import { ServingMetric, ServingPath } from "../../../blueprint/serving/serving-contract";
import { parseExposition, valueOf, type Exposition } from "./exposition";
import { pause } from "./serving-check";
import type { ServingClient } from "./serving-client";

/** The serving contract's metrics at one moment. */
export interface Reading {
  /** Requests by status. */
  readonly requests: ReadonlyMap<number, number>;
  readonly errors: number;
  /** Of the duration histogram: cumulative counts by upper boundary in seconds, ascending. */
  readonly buckets: readonly (readonly [number, number])[];
  readonly durations: number;
}

const families: readonly (readonly [string, string])[] = [
  [ServingMetric.requests, "counter"],
  [ServingMetric.errors, "counter"],
  [ServingMetric.duration, "histogram"],
];

/** Asks for the metrics; a string says why they cannot be used. */
export async function readExposition(client: ServingClient): Promise<Exposition | string> {
  const { status, headers, body } = await client.get(ServingPath.metrics);
  if (status !== 200) return `${ServingPath.metrics} answers ${status}`;
  const type = headers["content-type"] ?? "none";
  if (!/^(text\/plain|application\/openmetrics-text)\b/.test(type)) return `the content type is ${type}`;
  const exposition = parseExposition(body);
  if (typeof exposition === "string") return exposition;
  for (const [name, kind] of families) {
    // In the OpenMetrics form a counter's family has no suffix.
    const found = exposition.types.get(name) ?? exposition.types.get(name.replace(/_total$/, ""));
    if (found !== kind) return `${name} is ${found === undefined ? "missing" : `a ${found}`}, not a ${kind}`;
  }
  return exposition;
}

export function readingOf(exposition: Exposition): Reading {
  const buckets = exposition.samples
    .filter(({ name }) => name === `${ServingMetric.duration}_bucket`)
    .map(({ labels, value }) => [boundaryOf(labels.le), value] as const)
    .sort(([a], [b]) => a - b);
  const requests = exposition.samples
    .filter(({ name }) => name === ServingMetric.requests)
    .map(({ labels, value }) => [Number(labels.code), value] as const);
  return {
    requests: new Map(requests),
    errors: valueOf(exposition, ServingMetric.errors) ?? 0,
    buckets,
    durations: valueOf(exposition, `${ServingMetric.duration}_count`) ?? 0,
  };
}

function boundaryOf(le: string | undefined): number {
  return le === "+Inf" ? Infinity : Number(le);
}

/** Looks until a reading is as wanted, for a server that counts a moment after it answers; the last one otherwise. */
export async function readUntil(
  client: ServingClient,
  wanted: (reading: Reading) => boolean,
): Promise<Reading | string> {
  for (let look = 0; ; look++) {
    const exposition = await readExposition(client);
    if (typeof exposition === "string") return exposition;
    const reading = readingOf(exposition);
    if (wanted(reading) || look === LOOKS) return reading;
    await pause();
  }
}

const LOOKS = 20;
