import type { Variables } from "../command-context";
import { BrokenEnvironmentError } from "../refusals";

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/**
 * The job's identity: the usual `AWS_*` variables, or `AWS_ROLE_ARN` assumed with the engine's OIDC token (no key is stored anywhere).
 *
 * @throws BrokenEnvironmentError when there is neither, or the role cannot be assumed
 */
export async function awsCredentials(env: Variables, region: string): Promise<AwsCredentials> {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = env;
  if (filled(accessKeyId) && filled(secretAccessKey)) {
    return { accessKeyId, secretAccessKey, ...(filled(sessionToken) ? { sessionToken } : {}) };
  }
  if (filled(env.AWS_ROLE_ARN) && filled(env.ACTIONS_ID_TOKEN_REQUEST_URL)) {
    return assumeRole(env.AWS_ROLE_ARN, await engineToken(env, "sts.amazonaws.com"), env, region);
  }
  throw new BrokenEnvironmentError(
    "this job has no AWS identity",
    "Set AWS_ROLE_ARN in a job with `id-token: write`, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
  );
}

/** Asks GitHub Actions for the job's OIDC token. */
async function engineToken(env: Variables, audience: string): Promise<string> {
  const url = `${env.ACTIONS_ID_TOKEN_REQUEST_URL!}&audience=${encodeURIComponent(audience)}`;
  const response = await fetch(url, {
    headers: { authorization: `bearer ${env.ACTIONS_ID_TOKEN_REQUEST_TOKEN ?? ""}` },
  });
  const { value } = (response.ok ? await response.json() : {}) as { readonly value?: string };
  if (value !== undefined) return value;
  throw new BrokenEnvironmentError(
    `the engine gave no OIDC token (${response.status})`,
    "Give the job `permissions: id-token: write`.",
  );
}

async function assumeRole(role: string, token: string, env: Variables, region: string): Promise<AwsCredentials> {
  const endpoint = env.AWS_ENDPOINT_URL_STS ?? `https://sts.${region}.amazonaws.com`;
  const response = await fetch(endpoint, {
    method: "POST",
    body: new URLSearchParams({
      Action: "AssumeRoleWithWebIdentity",
      Version: "2011-06-15",
      RoleArn: role,
      RoleSessionName: `slipway-${env.GITHUB_RUN_ID ?? "job"}`,
      WebIdentityToken: token,
    }),
  });
  const answer = await response.text();
  const field = (name: string): string | undefined => new RegExp(`<${name}>([^<]+)</${name}>`).exec(answer)?.[1];
  const [accessKeyId, secretAccessKey, sessionToken] = ["AccessKeyId", "SecretAccessKey", "SessionToken"].map(field);
  if (response.ok && filled(accessKeyId) && filled(secretAccessKey) && filled(sessionToken)) {
    return { accessKeyId, secretAccessKey, sessionToken };
  }
  throw new BrokenEnvironmentError(
    `role ${role} cannot be assumed: ${response.status} ${field("Code") ?? ""}`,
    "Let the role trust this repository's environment.",
  );
}

function filled(value: string | undefined): value is string {
  return value !== undefined && value !== "";
}
