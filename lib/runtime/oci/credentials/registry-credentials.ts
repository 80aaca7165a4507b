import type { Variables } from "../../command-context";
import { BrokenEnvironmentError } from "../../refusals";
import { dockerConfigCredentials } from "./docker-config";
import { ecrCredentials, ecrRegion } from "./ecr-credentials";

export type RegistryCredentials =
  | { readonly kind: "password"; readonly username: string; readonly password: string }
  /** An OAuth2 refresh token, for the registry's token server. */
  | { readonly kind: "identity-token"; readonly token: string }
  /** What the registry itself takes as a bearer token. */
  | { readonly kind: "bearer-token"; readonly token: string };

/**
 * The credentials for one registry: `SLIPWAY_REGISTRY_USERNAME` and `SLIPWAY_REGISTRY_PASSWORD` when `SLIPWAY_REGISTRY` names this very
 * host; else what the configuration of docker or podman says; else, for Amazon ECR, a token for the job's AWS identity. `null` when there
 * are none: the registry is asked anonymously.
 *
 * @throws BrokenEnvironmentError when credentials are named that cannot be had
 */
export async function registryCredentials(registry: string, env: Variables): Promise<RegistryCredentials | null> {
  const explicit = explicitCredentials(registry, env) ?? (await dockerConfigCredentials(registry, env));
  if (explicit !== null) return explicit;
  const region = ecrRegion(registry);
  return region === null ? null : await ecrCredentials(registry, region, env);
}

function explicitCredentials(registry: string, env: Variables): RegistryCredentials | null {
  const {
    SLIPWAY_REGISTRY: host = "",
    SLIPWAY_REGISTRY_USERNAME: username = "",
    SLIPWAY_REGISTRY_PASSWORD: password = "",
  } = env;
  if (username === "" && password === "") return null;
  if (host === "") {
    throw new BrokenEnvironmentError(
      "SLIPWAY_REGISTRY_USERNAME and SLIPWAY_REGISTRY_PASSWORD are set, but not for which registry",
      "Set SLIPWAY_REGISTRY to the host they are for: no other host is sent them.",
    );
  }
  if (host !== registry) return null;
  if (username === "" || password === "") {
    throw new BrokenEnvironmentError(
      `the credentials for registry ${registry} are not complete`,
      "Set both SLIPWAY_REGISTRY_USERNAME and SLIPWAY_REGISTRY_PASSWORD.",
    );
  }
  return { kind: "password", username, password };
}
