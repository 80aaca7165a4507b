import { AwsService } from "../../aws/aws-service";
import type { Variables } from "../../command-context";
import { BrokenEnvironmentError } from "../../refusals";
import type { RegistryCredentials } from "./registry-credentials";

/** The region of a private Amazon ECR registry, `null` for any other registry. */
export function ecrRegion(registry: string): string | null {
  return /^\d{12}\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/.exec(registry)?.[1] ?? null;
}

/**
 * A token of twelve hours for the registries that the job's AWS identity may use.
 *
 * @throws BrokenEnvironmentError when there is no identity, or it may not
 */
export async function ecrCredentials(registry: string, region: string, env: Variables): Promise<RegistryCredentials> {
  const china = registry.endsWith(".cn") ? ".cn" : "";
  const endpoint =
    env.AWS_ENDPOINT_URL_ECR ?? env.AWS_ENDPOINT_URL ?? `https://api.ecr.${region}.amazonaws.com${china}`;
  const response = await new AwsService("ecr", region, env).call(`${endpoint.replace(/\/+$/, "")}/`, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken",
    },
    body: "{}",
  });
  const answer = (await response.json().catch(() => ({}))) as {
    readonly authorizationData?: readonly { readonly authorizationToken?: string }[];
    readonly __type?: string;
  };
  const token = answer.authorizationData?.[0]?.authorizationToken;
  const [, username, password] = /^([^:]+):(.+)$/s.exec(Buffer.from(token ?? "", "base64").toString("utf8")) ?? [];
  if (response.ok && username !== undefined && password !== undefined) return { kind: "password", username, password };
  throw new BrokenEnvironmentError(
    `Amazon ECR gives no token for registry ${registry}: ${response.status} ${answer.__type ?? ""}`.trimEnd(),
    "Let the role of this job do ecr:GetAuthorizationToken and use the repository.",
  );
}
