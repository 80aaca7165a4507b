import type { TrustedSigner } from "../../blueprint/identity";
import type { PipelineDocument } from "../../blueprint/pipeline/pipeline-document";
import { Secret, Variable } from "../../jobs/variables";
import { createHandoffKeyPair } from "../handoff/sodium";
import type { GitHubEnvironments } from "./github-environments";
import { keyPlacement } from "./placement";
import { createSigningKeyPair } from "./signing-key-pair";

/** What was put where; never a private half. */
export interface InstalledKeys {
  /** What the platform program names as signer of the promotion environments; `null` where the pipeline signs without a key of its own. */
  readonly signer: TrustedSigner | null;
  readonly handoffRecipient: string;
  /** `<environment>: <name>` of everything that was put. */
  readonly put: readonly string[];
}

/** Creates the pipeline's keys and puts each where its jobs read it. The private halves exist in this process and at GitHub, nowhere else. */
export async function installKeys(pipeline: PipelineDocument, github: GitHubEnvironments): Promise<InstalledKeys> {
  const { signingKey, handoffKey, handoffRecipient } = keyPlacement(pipeline);
  const handoff = await createHandoffKeyPair();
  const signing = signingKey.length === 0 ? null : createSigningKeyPair();
  const put: string[] = [];
  for (const environment of signing === null ? [] : signingKey) {
    await github.putSecret(environment, Secret.signingKey, signing!.privateKey);
    put.push(`${environment}: ${Secret.signingKey}`);
  }
  for (const environment of handoffKey) {
    await github.putSecret(environment, Secret.handoffKey, handoff.key);
    put.push(`${environment}: ${Secret.handoffKey}`);
  }
  for (const environment of handoffRecipient) {
    await github.putVariable(environment, Variable.handoffRecipient, handoff.recipient);
    put.push(`${environment}: ${Variable.handoffRecipient}`);
  }
  return {
    signer:
      signing === null
        ? null
        : { kind: "ed25519", name: `${pipeline.name} gate`, publicKey: signing.publicKey, assurance: "ci" },
    handoffRecipient: handoff.recipient,
    put,
  };
}

/** Whether every key of the pipeline is in its place. */
export async function missingKeys(pipeline: PipelineDocument, github: GitHubEnvironments): Promise<readonly string[]> {
  return secretsOf(pipeline, async (environment, name) => !(await github.hasSecret(environment, name)));
}

/** Takes the pipeline's private keys away; returns what was there. */
export async function revokeKeys(pipeline: PipelineDocument, github: GitHubEnvironments): Promise<readonly string[]> {
  return secretsOf(pipeline, (environment, name) => github.deleteSecret(environment, name));
}

async function secretsOf(
  pipeline: PipelineDocument,
  chosen: (environment: string, name: string) => Promise<boolean>,
): Promise<readonly string[]> {
  const { signingKey, handoffKey } = keyPlacement(pipeline);
  const found: string[] = [];
  for (const [name, environments] of [
    [Secret.signingKey, signingKey],
    [Secret.handoffKey, handoffKey],
  ] as const) {
    for (const environment of environments) {
      if (await chosen(environment, name)) found.push(`${environment}: ${name}`);
    }
  }
  return found;
}
