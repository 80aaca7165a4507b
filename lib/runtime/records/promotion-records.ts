import { textDigest } from "../../blueprint/manifest/canonical-text";
import type { Promotion, PromotionStatement } from "../../verdict/evidence/promotion-statement";
import { subjectDigest } from "../../verdict/evidence/statement";
import { RefusedError } from "../refusals";
import type { Store } from "../store/store";
import type { OpenRecord } from "./open-record";

/** A promotion as it stands in the store. */
export interface PromotionRecord {
  /** `sha256:<hex>` of the record's bytes. */
  readonly digest: string;
  readonly model: string;
  readonly promotion: Promotion;
}

/**
 * The records of one environment, oldest first. They are numbered without gaps, each names its predecessor's digest, and each is
 * signed: a record that was edited, left out, moved here from elsewhere or repeated breaks the chain.
 *
 * @throws RefusedError `record-chain-broken`, or what opening a record refuses
 */
export async function readRecords(
  store: Store,
  pipeline: string,
  environment: string,
  open: OpenRecord,
): Promise<readonly PromotionRecord[]> {
  const keys = await store.list(recordFolder(pipeline, environment));
  const records: PromotionRecord[] = [];
  for (const [index, key] of keys.entries()) {
    const number = index + 1;
    const expected = recordKey(pipeline, environment, number);
    if (key !== expected) throw broken(store, key, `stands where ${expected} should`);
    const bytes = await store.get(key);
    if (bytes === null) throw broken(store, key, "is listed and cannot be read");
    const statement = await opened(bytes, key, open);
    const { predicate } = statement;
    const model = subjectDigest(statement);
    const previous = records.at(-1)?.digest ?? null;
    if (model === null) throw broken(store, key, "names no single model");
    if (predicate.pipeline !== pipeline || predicate.environment !== environment) {
      throw broken(store, key, `was written for ${predicate.environment} of ${predicate.pipeline}`);
    }
    if (predicate.number !== number) throw broken(store, key, `says it is number ${predicate.number}`);
    if (predicate.previous !== previous) {
      throw broken(
        store,
        key,
        `follows ${predicate.previous ?? "nothing"}, but ${previous ?? "nothing"} stands before it`,
      );
    }
    records.push({ digest: textDigest(bytes), model, promotion: predicate });
  }
  return records;
}

/**
 * Writes the record under the next number. Of several promotions at the same time exactly one succeeds.
 *
 * @throws RefusedError `promotion-conflict` when another promotion took the number
 */
export async function appendRecord(store: Store, promotion: Promotion, record: Uint8Array): Promise<string> {
  const key = recordKey(promotion.pipeline, promotion.environment, promotion.number);
  if ((await store.putOnce(key, record)) === "existed") {
    throw new RefusedError(
      "promotion-conflict",
      `another promotion into ${promotion.environment} was recorded meanwhile (${key})`,
      "Look at what is there now, then run the job again: its evidence is checked against the new state.",
    );
  }
  return textDigest(record);
}

function recordFolder(pipeline: string, environment: string): string {
  return `records/${pipeline}/${environment}/`;
}

/** Six digits, so that the store's bytewise order is the order of the numbers. */
function recordKey(pipeline: string, environment: string, number: number): string {
  return `${recordFolder(pipeline, environment)}${String(number).padStart(6, "0")}.dsse.json`;
}

/** Says which record was refused. */
async function opened(bytes: Uint8Array, key: string, open: OpenRecord): Promise<PromotionStatement> {
  try {
    return await open(bytes);
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    throw new RefusedError(error.check, `promotion record ${key}: ${error.message}`, error.remedy);
  }
}

function broken(store: Store, key: string, how: string): RefusedError {
  return new RefusedError(
    "record-chain-broken",
    `the promotion record ${key} in ${store.location} ${how}`,
    "Records are only ever added. Restore the folder from the bucket's versions and find out who wrote into it.",
  );
}
