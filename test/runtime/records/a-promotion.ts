import type { Promotion } from "../../../lib/verdict/evidence/promotion-statement";

/** A promotion to production as its record says it. */
export function aPromotion(number: number, previous: string | null, changes: Partial<Promotion> = {}): Promotion {
  return {
    number,
    previous,
    pipeline: "claims",
    repository: "acme/claims",
    environment: "production",
    registered: { model: "claims", version: String(number) },
    authority: { kind: "evidence", digest: `sha256:${"e".repeat(64)}` },
    policyDigests: { gate: "sha256:g", serving: "sha256:s", drift: "sha256:d" },
    gitRevision: null,
    interface: { version: 1, signature: null, decisionThreshold: null },
    image: null,
    promotedBy: "ann",
    promotedAt: "2026-03-01T12:00:00.000Z",
    run: null,
    assurance: "ci",
    ...changes,
  };
}
