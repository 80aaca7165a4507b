import { InvalidInputError } from "../../blueprint/problems";
import type { Store } from "../store/store";

/** What monitoring files when a drift limit of the policy is broken: `drift/<pipeline>/<anything>.json` in the store, write-once. */
export interface DriftFinding {
  readonly kind: "slipway.drift-finding";
  readonly version: 1;
  /** RFC 3339, UTC. */
  readonly foundAt: string;
  readonly feature: string;
  readonly measure: "populationStabilityIndex" | "kolmogorovSmirnov";
  readonly value: number;
  readonly limit: number;
}

/**
 * Findings after the given time, or all.
 *
 * @throws InvalidInputError when something else stands among them
 */
export async function driftFindings(
  store: Store,
  pipeline: string,
  since: Date | null,
): Promise<readonly DriftFinding[]> {
  const findings: DriftFinding[] = [];
  for (const key of await store.list(`drift/${pipeline}/`)) {
    const bytes = await store.get(key);
    const finding = parse(bytes);
    if (finding === null) {
      throw new InvalidInputError(`store ${store.location}`, [
        {
          path: key,
          value: undefined,
          says: "is no drift finding of version 1",
          remedy: "Remove what does not belong there.",
        },
      ]);
    }
    if (since === null || new Date(finding.foundAt) > since) findings.push(finding);
  }
  return findings;
}

function parse(bytes: Uint8Array | null): DriftFinding | null {
  try {
    const value = JSON.parse(Buffer.from(bytes ?? []).toString("utf8")) as Partial<DriftFinding> | null;
    const known = value?.kind === "slipway.drift-finding" && value.version === 1;
    return known && !Number.isNaN(Date.parse(value.foundAt ?? "")) ? (value as DriftFinding) : null;
  } catch {
    return null;
  }
}
