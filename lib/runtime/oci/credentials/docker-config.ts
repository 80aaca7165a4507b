import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Variables } from "../../command-context";
import { BrokenEnvironmentError } from "../../refusals";
import { helperCredentials } from "./credential-helper";
import type { RegistryCredentials } from "./registry-credentials";

/** The parts of docker's `config.json` that hold credentials or say who does. */
interface DockerConfig {
  readonly auths?: Readonly<Record<string, DockerAuth>>;
  readonly credHelpers?: Readonly<Record<string, string>>;
  readonly credsStore?: string;
}

interface DockerAuth {
  /** base64 of `username:password`. */
  readonly auth?: string;
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
  readonly registrytoken?: string;
}

/**
 * What `docker login` or `podman login` left for a registry: the file of `REGISTRY_AUTH_FILE`, else `config.json` in `DOCKER_CONFIG` or
 * `~/.docker`; there the registry's own helper, the store of all, then the file itself, as docker does.
 *
 * @throws BrokenEnvironmentError when the file or a program it names cannot be used
 */
export async function dockerConfigCredentials(registry: string, env: Variables): Promise<RegistryCredentials | null> {
  const file = configFile(env);
  const config = await readConfig(file);
  if (config === null) return null;
  const names = namesOf(registry);
  for (const name of names) {
    const own = config.credHelpers?.[name];
    if (own !== undefined && own !== "") return helperCredentials(own, name, env);
  }
  if (config.credsStore !== undefined && config.credsStore !== "") {
    for (const name of names) {
      const stored = await helperCredentials(config.credsStore, name, env);
      if (stored !== null) return stored;
    }
  }
  for (const [address, auth] of Object.entries(config.auths ?? {})) {
    const found = names.includes(hostOf(address)) ? fromAuth(auth, file, registry) : null;
    if (found !== null) return found;
  }
  return null;
}

function configFile(env: Variables): string {
  if (env.REGISTRY_AUTH_FILE !== undefined && env.REGISTRY_AUTH_FILE !== "") return env.REGISTRY_AUTH_FILE;
  const folder = env.DOCKER_CONFIG ?? "";
  return join(folder === "" ? join(env.HOME ?? homedir(), ".docker") : folder, "config.json");
}

async function readConfig(file: string): Promise<DockerConfig | null> {
  try {
    const value: unknown = JSON.parse(await readFile(file, "utf8"));
    if (typeof value === "object" && value !== null) return value;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
  }
  throw new BrokenEnvironmentError(
    `${file} cannot be read as the configuration of docker`,
    "Repair it by `docker login`, or remove it.",
  );
}

/** Docker Hub goes by the address of its first index. */
function namesOf(registry: string): readonly string[] {
  return registry === "docker.io" ? ["https://index.docker.io/v1/", "index.docker.io", "docker.io"] : [registry];
}

/** Keys of `auths` are hosts or, of old, addresses. A key for a part of a registry (`host/path`) is none for all of it. */
function hostOf(address: string): string {
  if (address === "https://index.docker.io/v1/") return address;
  return address.replace(/^https?:\/\//, "").replace(/\/(?:v[12]\/?)?$/, "");
}

function fromAuth(auth: DockerAuth, file: string, registry: string): RegistryCredentials | null {
  if (filled(auth.registrytoken)) return { kind: "bearer-token", token: auth.registrytoken };
  if (filled(auth.identitytoken)) return { kind: "identity-token", token: auth.identitytoken };
  if (filled(auth.username) && filled(auth.password)) {
    return { kind: "password", username: auth.username, password: auth.password };
  }
  if (!filled(auth.auth)) return null;
  const decoded = Buffer.from(auth.auth, "base64").toString("utf8");
  const colon = decoded.indexOf(":");
  if (colon > 0) return { kind: "password", username: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
  throw new BrokenEnvironmentError(
    `${file} holds credentials for ${registry} that cannot be read`,
    `Renew them by \`docker login ${registry}\`.`,
  );
}

function filled(text: string | undefined): text is string {
  return text !== undefined && text !== "";
}
