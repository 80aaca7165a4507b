/** What one measurement counted, before anything is computed from it. */
export interface LatencySample {
  /**
   * Milliseconds of every counted request, in the order in which they were meant to be sent: from that moment to the end of
   * the answer. `Infinity` for a request that failed: it is slower than any limit.
   */
  readonly millis: Float64Array;
  /** How many failed, by what happened: `timeout`, `connection`, `status 503`. */
  readonly failures: Readonly<Record<string, number>>;
  /** Requests per second, as declared. */
  readonly rateAsked: number;
  /** Requests per second, as they were sent. */
  readonly rateAchieved: number;
  /** Length of the counted part of the measurement. */
  readonly seconds: number;
  readonly generator: GeneratorLateness;
}

/** How far the load generator itself was behind; its lateness is part of every latency it measured. */
export interface GeneratorLateness {
  /** Milliseconds between the moment a request was meant to be sent and the moment the generator sent it. */
  readonly lateMillis: { readonly p50: number; readonly p99: number; readonly p999: number; readonly max: number };
  /** Milliseconds by which the generator's event loop came back late, at its 99th percentile: answers were seen as late as that. */
  readonly eventLoopMillis: number;
  /** Requests that found every permitted connection busy and had to wait for one. */
  readonly waitedForConnection: number;
}
