import { parseEvidence, unverifiedMeasures } from "../evidence/evidence-file";
import type { Store } from "../store/store";

/** The model that was registered last, as its evidence in the store tells. */
export interface LastRegistered {
  readonly measuredAt: Date;
  /** Digest of the snapshot; `null` where the evidence names none. */
  readonly data: string | null;
  /** Labelled rows that it was judged by. */
  readonly heldOutRows: number;
}

/**
 * The newest evidence that was kept; `null` before the first model. It is read as it stands: whoever forges one can delay or start a
 * training, and nothing else follows from it.
 */
export async function lastRegistered(store: Store, pipeline: string): Promise<LastRegistered | null> {
  let last: LastRegistered | null = null;
  for (const key of await store.list(`evidence/${pipeline}/`)) {
    const bytes = await store.get(key);
    if (bytes === null) continue;
    const { predicate } = unverifiedMeasures(parseEvidence(Buffer.from(bytes).toString("utf8"), key));
    const measuredAt = new Date(predicate.measuredAt);
    if (predicate.verdict.outcome === "failed" || (last !== null && measuredAt <= last.measuredAt)) continue;
    last = { measuredAt, data: predicate.inputs.data ?? null, heldOutRows: predicate.verdict.rows };
  }
  return last;
}
