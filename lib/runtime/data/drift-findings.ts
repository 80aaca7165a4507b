import { InvalidInputError } from "../../blueprint/problems";
import type { Store } from "../store/store";

/**
 * A file `drift/<pipeline>/<anything>.json` in the store that says a drift limit of the policy is broken. Slipway reads them and
 * writes none: they come from the user's monitoring, which may say more in them.
 */
export interface DriftFinding {
  readonly kind: "slipway.drift-finding";
  readonly version: 1;
  /** RFC 3339, UTC. */
  readonly foundAt: string;
  /** Name of the column that moved. */
  readonly feature: string;
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
    const known = value?.kind === "slipway.drift-finding" && value.version === 1 && typeof value.feature === "string";
    return known && !Number.isNaN(Date.parse(value.foundAt ?? "")) ? (value as DriftFinding) : null;
  } catch {
    return null;
  }
}
