import type { TrustedSigner } from "../../blueprint/identity";
import { InvalidInputError } from "../../blueprint/problems";
import {
  type ImageProvenance,
  type ImageStatement,
  packageBuildType,
  provenanceType,
} from "../../verdict/evidence/image-statement";
import { subjectDigest } from "../../verdict/evidence/statement";
import { RefusedError } from "../refusals";
import { parseSignedStatement, payloadOf, type SignedStatement } from "../signing/signer";
import { readStatement } from "../signing/statement-text";
import { verifyStatement } from "../signing/verify-statement";

/** Files of the hand-off `image`. */
export const ImageFile = {
  /** What was assembled, for people and later jobs. */
  document: "image.json",
  /** The signed statement of what is in it; absent in a review. */
  statement: "image.dsse.json",
  /** The image itself, where it was pushed nowhere: an OCI image layout. */
  layout: "layout",
} as const;

/**
 * The digest of the image that holds a model, by the word of a signer.
 *
 * @param bytes - of the signed statement
 * @returns `sha256:...` of the image's manifest or index
 * @throws RefusedError `image-of-other-model`, `not-a-package-statement`, or by the name of what does not hold of the signature
 */
export async function verifiedImage(
  bytes: Uint8Array,
  trusted: readonly TrustedSigner[],
  { model, pipeline }: { readonly model: string; readonly pipeline: string },
): Promise<string> {
  const { payload } = await verifyStatement(parse(bytes), trusted);
  const statement: ImageStatement = readStatement<typeof provenanceType, ImageProvenance>(payload, provenanceType);
  const { buildType, externalParameters } = statement.predicate.buildDefinition;
  const image = subjectDigest(statement);
  if (buildType !== packageBuildType || image === null) {
    throw new RefusedError(
      "not-a-package-statement",
      `the statement is about ${image ?? "no single image"}, built as ${buildType}`,
      "Use the image.dsse.json that `slipway package` wrote.",
    );
  }
  if (externalParameters.model !== model || externalParameters.pipeline !== pipeline) {
    throw new RefusedError(
      "image-of-other-model",
      `the image ${image} holds model ${externalParameters.model} of pipeline ${externalParameters.pipeline}, not ${model} of ${pipeline}`,
      "Package this very model: run the pipeline's package job again.",
    );
  }
  return image;
}

/** The digest of the image as its statement says, unverified: for showing it to people. */
export function unverifiedImage(bytes: Uint8Array): string {
  const statement = readStatement<typeof provenanceType, ImageProvenance>(payloadOf(parse(bytes)), provenanceType);
  return subjectDigest(statement) ?? "no single image";
}

function parse(bytes: Uint8Array): SignedStatement {
  const signed = parseSignedStatement(bytes);
  if (signed !== null) return signed;
  throw new InvalidInputError(ImageFile.statement, [
    {
      path: "(file)",
      value: Buffer.from(bytes.subarray(0, 80)).toString("utf8"),
      says: "is no signed statement",
      remedy: "Give the image.dsse.json that `slipway package` wrote.",
    },
  ]);
}
