import { createHash, createPublicKey } from "node:crypto";
import type { AwsService } from "../aws/aws-service";
import { BrokenEnvironmentError } from "../refusals";
import { preAuthEncoding, statementPayloadType } from "./dsse";
import { keyId } from "./public-key";
import type { Signer } from "./signer";

/**
 * Signs with an asymmetric KMS key (ECC_NIST_P256, SIGN_VERIFY), which never leaves AWS.
 *
 * @param key - key id, ARN or alias
 * @param endpoint - where KMS answers
 */
export function kmsSigner(key: string, kms: AwsService, endpoint: string): Signer {
  let known: Promise<string> | null = null;
  const ask = (action: string, request: Readonly<Record<string, string>>): Promise<Readonly<Record<string, string>>> =>
    askKms(kms, endpoint, action, { KeyId: key, ...request });
  return {
    name: `KMS key ${key}`,
    sign: async (payload) => {
      known ??= ask("GetPublicKey", {}).then(({ PublicKey }) => keyIdOf(PublicKey!));
      const keyid = await known;
      const digest = createHash("sha256").update(preAuthEncoding(statementPayloadType, payload)).digest("base64");
      const { Signature } = await ask("Sign", {
        Message: digest,
        MessageType: "DIGEST",
        SigningAlgorithm: "ECDSA_SHA_256",
      });
      return {
        kind: "dsse",
        envelope: {
          payloadType: statementPayloadType,
          payload: Buffer.from(payload).toString("base64"),
          signatures: [{ keyid, sig: Signature! }],
        },
      };
    },
  };
}

function keyIdOf(spki: string): string {
  return keyId(createPublicKey({ key: Buffer.from(spki, "base64"), type: "spki", format: "der" }));
}

async function askKms(
  kms: AwsService,
  endpoint: string,
  action: string,
  request: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> {
  const response = await kms.call(endpoint, {
    method: "POST",
    headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": `TrentService.${action}` },
    body: JSON.stringify(request),
  });
  const answer = (await response.json().catch(() => ({}))) as Readonly<Record<string, string>>;
  if (response.ok) return answer;
  throw new BrokenEnvironmentError(
    `KMS refused ${action} with key ${request.KeyId!}: ${answer.__type ?? response.status} ${answer.message ?? answer.Message ?? ""}`,
    "Use an ECC_NIST_P256 key for SIGN_VERIFY, and let this job's role kms:Sign and kms:GetPublicKey with it.",
  );
}
