import { BrokenEnvironmentError } from "../../refusals";
import type { RegistryCredentials } from "../credentials/registry-credentials";
import type { Challenge } from "./challenge";
import { mayBeSentTo } from "./registry-host";
import { connectionFailure, transientAnswer } from "../retries";

/** Milliseconds that a token server may take. */
const tokenTimeout = 30_000;

/**
 * The `Authorization` header that answers a registry's challenge, or `null` when we have nothing to answer with. For a bearer challenge
 * the credentials go to the token server that the registry itself names: the one other host that ever sees them, as the protocol has it.
 *
 * @param scope what is asked for, for example `repository:team/image:pull,push`
 * @throws BrokenEnvironmentError when the token server refuses, or stands at an address that credentials are not sent to
 */
export async function answerChallenge(
  challenge: Challenge,
  scope: readonly string[],
  credentials: RegistryCredentials | null,
  registry: URL,
): Promise<string | null> {
  if (challenge.scheme === "basic") return credentials?.kind === "password" ? basic(credentials) : null;
  if (credentials?.kind === "bearer-token") return `Bearer ${credentials.token}`;
  const realm = URL.canParse(challenge.realm) ? new URL(challenge.realm) : null;
  if (realm === null || !mayBeSentTo(realm, registry)) {
    throw new BrokenEnvironmentError(
      `registry ${registry.host} names a token server that is not asked: ${realm?.origin ?? "no valid address"}`,
      "Let the registry name a token server with an https address.",
    );
  }
  const request = tokenRequest(realm, challenge.service, scope, credentials);
  const what = `the token server ${realm.host} of registry ${registry.host}`;
  const response = await fetch(request.url, {
    ...request.init,
    redirect: "manual",
    signal: AbortSignal.timeout(tokenTimeout),
  }).catch((error: unknown) => {
    throw connectionFailure(`${what} does not answer`, error);
  });
  const transient = transientAnswer(what, response);
  if (transient !== null) {
    await response.body?.cancel();
    throw transient;
  }
  const answer = (response.ok ? await response.json().catch(() => ({})) : {}) as {
    token?: unknown;
    access_token?: unknown;
  };
  const token = answer.token ?? answer.access_token;
  if (typeof token === "string" && token !== "") return `Bearer ${token}`;
  throw new BrokenEnvironmentError(
    `${what} gives no token for ${scope.join(" ")}: ${response.status}`,
    credentials === null
      ? "Give this job credentials for the registry: `docker login`, or SLIPWAY_REGISTRY with SLIPWAY_REGISTRY_USERNAME and SLIPWAY_REGISTRY_PASSWORD."
      : "Check the credentials for the registry and what they may do there.",
  );
}

function tokenRequest(
  realm: URL,
  service: string | null,
  scope: readonly string[],
  credentials: RegistryCredentials | null,
): { url: URL; init: RequestInit } {
  if (credentials?.kind === "identity-token") {
    const form = new URLSearchParams({
      grant_type: "refresh_token",
      client_id: "slipway",
      refresh_token: credentials.token,
      scope: scope.join(" "),
      ...(service === null ? {} : { service }),
    });
    return { url: realm, init: { method: "POST", body: form } };
  }
  const url = new URL(realm);
  if (service !== null) url.searchParams.set("service", service);
  for (const one of scope) url.searchParams.append("scope", one);
  return { url, init: credentials?.kind === "password" ? { headers: { authorization: basic(credentials) } } : {} };
}

function basic({ username, password }: { readonly username: string; readonly password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}
