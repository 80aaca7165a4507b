import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import type { Variables } from "../../command-context";
import { BrokenEnvironmentError } from "../../refusals";
import type { RegistryCredentials } from "./registry-credentials";

/**
 * Asks a docker credential helper (`docker-credential-<name>`) for a registry. `null` when it knows none.
 *
 * @throws BrokenEnvironmentError when it cannot be run, or fails
 */
export async function helperCredentials(
  name: string,
  registry: string,
  env: Variables,
): Promise<RegistryCredentials | null> {
  const program = `docker-credential-${name}`;
  if (!/^[\w.-]+$/.test(name)) throw broken(program, "that is no name of a helper");
  const { code, said } = await runHelper(program, registry, env);
  if (code !== 0) {
    // The protocol has no other sign for it than this sentence, on standard output.
    if (/credentials not found/i.test(said)) return null;
    throw broken(program, `ended with ${code ?? "a signal"}`);
  }
  let answer: { Username?: unknown; Secret?: unknown } = {};
  try {
    answer = JSON.parse(said) as typeof answer;
  } catch {
    // Not shown: it may be half a secret.
  }
  const { Username: username, Secret: secret } = answer;
  if (typeof secret !== "string" || typeof username !== "string") throw broken(program, "gave no credentials");
  if (secret === "") return null;
  return username === "<token>"
    ? { kind: "identity-token", token: secret }
    : { kind: "password", username, password: secret };
}

async function runHelper(
  program: string,
  registry: string,
  env: Variables,
): Promise<{ code: number | null; said: string }> {
  const child = spawn(program, ["get"], { stdio: ["pipe", "pipe", "ignore"], env });
  // A helper that ends without reading has said what it has to say by its code.
  child.stdin.on("error", () => undefined).end(registry);
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject).once("close", resolve);
  });
  try {
    const [code, said] = await Promise.all([ended, text(child.stdout)]);
    return { code, said };
  } catch (error) {
    throw broken(
      program,
      (error as NodeJS.ErrnoException).code === "ENOENT" ? "is not on the path" : (error as Error).message,
    );
  }
}

function broken(program: string, why: string): BrokenEnvironmentError {
  return new BrokenEnvironmentError(
    `the credential helper ${program} that docker's configuration names cannot be used: ${why}`,
    "Install the helper or log in again; or set SLIPWAY_REGISTRY with SLIPWAY_REGISTRY_USERNAME and SLIPWAY_REGISTRY_PASSWORD.",
  );
}
