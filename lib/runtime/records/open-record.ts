import { canonicalText } from "../../blueprint/manifest/canonical-text";
import type { TrustedSigner } from "../../blueprint/identity";
import { type Promotion, promotionType, type PromotionStatement } from "../../verdict/evidence/promotion-statement";
import type { Variables } from "../command-context";
import { RefusedError } from "../refusals";
import { parseSignedStatement, payloadOf, type SignedStatement, type Signer } from "../signing/signer";
import { readStatement, statementBytes } from "../signing/statement-text";
import { trustedSigners } from "../signing/trusted-signers";
import { verifyStatement } from "../signing/verify-statement";

/** Opens the bytes of a promotion record, and refuses them for what they are or for who signed them. */
export type OpenRecord = (bytes: Uint8Array) => Promise<PromotionStatement>;

/**
 * Opens records that one of these signers signed.
 *
 * @throws RefusedError `signer-not-accepted`, `signature-invalid`, `assurance-overstated`, `not-a-statement`
 */
export function verifiedRecords(trusted: readonly TrustedSigner[]): OpenRecord {
  return async (bytes) => {
    const { payload, signer } = await verifyStatement(parse(bytes), trusted);
    const statement = readStatement<typeof promotionType, Promotion>(payload, promotionType);
    if (signer.assurance === "laptop" && statement.predicate.assurance !== "laptop") {
      throw new RefusedError(
        "assurance-overstated",
        `${signer.name} is trusted as a laptop's key, but the record claims the assurance of "${statement.predicate.assurance}"`,
        "Promote in CI, or on the laptop as what it is.",
      );
    }
    return statement;
  };
}

/**
 * For jobs that only prepare what promotion decides: verifies signatures where the job knows the signers, and takes records as they
 * are where it does not. A forged record then misleads the comparison, and promotion refuses its outcome.
 */
export function recordsAsFarAsKnown(env: Variables): OpenRecord {
  if (env.SLIPWAY_SIGNERS !== undefined && env.SLIPWAY_SIGNERS !== "") return verifiedRecords(trustedSigners(env));
  return (bytes) =>
    Promise.resolve(readStatement<typeof promotionType, Promotion>(payloadOf(parse(bytes)), promotionType));
}

/** The bytes of a new record. */
export async function sealRecord(statement: PromotionStatement, signer: Signer): Promise<Uint8Array> {
  return Buffer.from(canonicalText(await signer.sign(statementBytes(statement))));
}

function parse(bytes: Uint8Array): SignedStatement {
  const signed = parseSignedStatement(bytes);
  if (signed !== null) return signed;
  throw new RefusedError(
    "not-a-statement",
    "it is no signed statement",
    "Restore the record from the bucket's versions and find out who wrote into the store.",
  );
}
