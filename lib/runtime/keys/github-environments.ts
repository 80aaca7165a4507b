import type { Variables } from "../command-context";
import { loadSodium } from "../handoff/sodium";
import { BrokenEnvironmentError } from "../refusals";

/** Secrets and variables of a repository's environments, over GitHub's REST API. */
export class GitHubEnvironments {
  private constructor(
    private readonly repository: string,
    private readonly api: string,
    private readonly token: string,
  ) {}

  /** @throws BrokenEnvironmentError without a token */
  public static of(repository: string, env: Variables): GitHubEnvironments {
    const token = [env.GH_TOKEN, env.GITHUB_TOKEN].find((each) => each !== undefined && each !== "");
    if (token === undefined) {
      throw new BrokenEnvironmentError(
        "no GitHub token: neither GH_TOKEN nor GITHUB_TOKEN is set",
        "Set GH_TOKEN to a fine-grained token with write access to Environments of this repository alone.",
      );
    }
    return new GitHubEnvironments(
      repository,
      (env.GITHUB_API_URL ?? "https://api.github.com").replace(/\/+$/, ""),
      token,
    );
  }

  /** Encrypts the value for the environment's own key before it leaves this machine, and puts it. */
  public async putSecret(environment: string, name: string, value: string): Promise<void> {
    const response = await this.ask("GET", environment, "secrets/public-key");
    const { key_id, key } = (await response.json()) as { readonly key_id: string; readonly key: string };
    const sodium = await loadSodium();
    const sealed = sodium.crypto_box_seal(Buffer.from(value, "utf8"), Buffer.from(key, "base64"));
    await this.ask("PUT", environment, `secrets/${name}`, {
      key_id,
      encrypted_value: Buffer.from(sealed).toString("base64"),
    });
  }

  /** Whether there was one to delete. */
  public async deleteSecret(environment: string, name: string): Promise<boolean> {
    return (await this.ask("DELETE", environment, `secrets/${name}`, undefined, [404])).status !== 404;
  }

  public async hasSecret(environment: string, name: string): Promise<boolean> {
    return (await this.ask("GET", environment, `secrets/${name}`, undefined, [404])).status !== 404;
  }

  public async putVariable(environment: string, name: string, value: string): Promise<void> {
    const changed = await this.ask("PATCH", environment, `variables/${name}`, { name, value }, [404]);
    if (changed.status === 404) await this.ask("POST", environment, "variables", { name, value });
  }

  private async ask(
    method: string,
    environment: string,
    path: string,
    body?: object,
    expected: readonly number[] = [],
  ): Promise<Response> {
    const url = `${this.api}/repos/${this.repository}/environments/${encodeURIComponent(environment)}/${path}`;
    const response = await fetch(url, {
      method,
      headers: {
        accept: "application/vnd.github+json",
        authorization: `Bearer ${this.token}`,
        "x-github-api-version": "2022-11-28",
        "user-agent": "slipway",
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((error: unknown) => {
      throw new BrokenEnvironmentError(
        `${this.api} does not answer: ${(error as Error).message}`,
        "Check the network, and GITHUB_API_URL for GitHub Enterprise Server.",
      );
    });
    if (response.ok || expected.includes(response.status)) return response;
    throw new BrokenEnvironmentError(
      `GitHub refused ${method} ${path} of environment ${environment}: ${response.status}`,
      "Deploy the platform program first, which creates the environment, and use a token that may write its secrets.",
    );
  }
}
