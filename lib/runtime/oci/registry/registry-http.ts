import { BrokenEnvironmentError } from "../../refusals";
import type { RegistryCredentials } from "../credentials/registry-credentials";
import { answerChallenge } from "./authorization";
import { readChallenges } from "./challenge";
import { mayBeSentTo, registryOrigin } from "./registry-host";
import { connectionFailure, transientAnswer } from "../retries";

export interface RegistryRequest {
  readonly method: "GET" | "HEAD" | "POST" | "PUT";
  /** Path below the registry's address with its query, or an address the registry gave. */
  readonly at: string | URL;
  /** What the request needs to be allowed, for example `repository:team/image:pull`. */
  readonly scope: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: { readonly size: number; readonly open: () => Promise<AsyncIterable<Uint8Array>> };
  /** Statuses besides 2xx that are an answer to the caller. */
  readonly expects?: readonly number[];
  /** Milliseconds until the answer begins. @default 60000; `null` for transfers, which end by themselves or with their connection */
  readonly timeout?: number | null;
}

const answerTimeout = 60_000;
const mostRedirects = 5;

/** Requests to one registry. Credentials and tokens go there and to its token server, never to where it redirects or uploads lead. */
export class RegistryHttp {
  private readonly origin: URL;
  private readonly authorizations = new Map<string, string>();
  private credentials: Promise<RegistryCredentials | null> | null = null;

  public constructor(
    public readonly registry: string,
    private readonly findCredentials: () => Promise<RegistryCredentials | null>,
  ) {
    this.origin = registryOrigin(registry);
  }

  /**
   * One attempt.
   *
   * @throws TransientFailure when another attempt may work
   * @throws BrokenEnvironmentError for any other answer that the caller does not expect
   */
  public async send(request: RegistryRequest): Promise<Response> {
    const what = `registry ${this.registry}: ${request.method} ${this.address(request).pathname}`;
    const scope = request.scope.join(" ");
    let { response, from } = await this.exchange(request, this.authorizations.get(scope) ?? null, what);
    // What another host asks for, where a redirect led, is none of the registry's challenges.
    if (response.status === 401 && from === this.origin.origin) {
      const authorization = await this.authorize(response, request.scope);
      if (authorization !== null) {
        await response.body?.cancel();
        this.authorizations.set(scope, authorization);
        ({ response, from } = await this.exchange(request, authorization, what));
      }
    }
    if (response.ok || request.expects?.includes(response.status) === true) return response;
    const transient = transientAnswer(what, response);
    if (transient !== null) {
      await response.body?.cancel();
      throw transient;
    }
    throw await this.refusedBy(response, what);
  }

  /** An address of this registry, or one it gave, relative or not. @throws BrokenEnvironmentError for one that nothing is sent to */
  public addressFrom(location: string | null, response: Response): URL {
    const base = response.url === "" ? this.origin : new URL(response.url);
    if (location !== null && URL.canParse(location, base.href)) {
      const url = new URL(location, base);
      if (mayBeSentTo(url, this.origin)) return url;
    }
    throw new BrokenEnvironmentError(
      `registry ${this.registry} leads to an address that is not followed: ${location === null ? "(none)" : location.split("?")[0]!}`,
      "Let the registry answer with https addresses.",
    );
  }

  private address({ at }: RegistryRequest): URL {
    return typeof at === "string" ? new URL(at, this.origin) : at;
  }

  private async exchange(
    request: RegistryRequest,
    authorization: string | null,
    what: string,
  ): Promise<{ response: Response; from: string }> {
    let url = this.address(request);
    for (let redirects = 0; ; redirects++) {
      const own = url.origin === this.origin.origin;
      const response = await this.fetch(url, request, own ? authorization : null, what);
      const follow = [301, 302, 303, 307, 308].includes(response.status) && ["GET", "HEAD"].includes(request.method);
      if (!follow || redirects === mostRedirects) return { response, from: url.origin };
      await response.body?.cancel();
      url = this.addressFrom(response.headers.get("location"), response);
    }
  }

  private async fetch(
    url: URL,
    request: RegistryRequest,
    authorization: string | null,
    what: string,
  ): Promise<Response> {
    const { method, headers, body, timeout = answerTimeout } = request;
    const giveUp = new AbortController();
    const timer =
      timeout === null
        ? null
        : setTimeout(() => {
            giveUp.abort(new Error(`no answer in ${timeout} ms`));
          }, timeout);
    let contentFailure: unknown;
    try {
      // fetch would tell only that the body failed: what is wrong with the content is kept beside it.
      const content = body && noting(await body.open(), (error) => (contentFailure = error));
      return await fetch(url, {
        method,
        headers: {
          ...headers,
          ...(authorization === null ? {} : { authorization }),
          ...(body === undefined ? {} : { "content-length": String(body.size) }),
        },
        ...(content === undefined ? {} : { body: ReadableStream.from(content), duplex: "half" }),
        redirect: "manual",
        signal: giveUp.signal,
      });
    } catch (error) {
      throw connectionFailure(what, contentFailure ?? error);
    } finally {
      if (timer !== null) clearTimeout(timer);
    }
  }

  private async authorize(response: Response, scope: readonly string[]): Promise<string | null> {
    const challenges = readChallenges(response.headers.get("www-authenticate"));
    if (challenges.length === 0) return null;
    this.credentials ??= this.findCredentials();
    const credentials = await this.credentials;
    for (const challenge of challenges) {
      const authorization = await answerChallenge(challenge, scope, credentials, this.origin);
      if (authorization !== null) return authorization;
    }
    return null;
  }

  private async refusedBy(response: Response, what: string): Promise<BrokenEnvironmentError> {
    const says = readError(await response.text().catch(() => ""));
    const secrets = await this.secrets();
    const shown = secrets.reduce((text, secret) => text.replaceAll(secret, "***"), says);
    return new BrokenEnvironmentError(
      `${what} answered ${response.status}${shown === "" ? "" : `: ${shown}`}`,
      remedyFor(response.status, this.registry),
    );
  }

  /** Everything that an answer could show to readers of a log. */
  private async secrets(): Promise<readonly string[]> {
    const credentials = (await this.credentials) ?? null;
    const sent = [...this.authorizations.values()].map((value) => value.slice(value.indexOf(" ") + 1));
    if (credentials === null) return sent;
    return [...sent, credentials.kind === "password" ? credentials.password : credentials.token].filter(
      (text) => text !== "",
    );
  }
}

/** Passes content on, and tells of the error it ends with. */
async function* noting(content: AsyncIterable<Uint8Array>, note: (error: unknown) => void): AsyncGenerator<Uint8Array> {
  try {
    yield* content;
  } catch (error) {
    note(error);
    throw error;
  }
}

/** The distribution specification's errors, or the beginning of what a proxy answers. */
function readError(text: string): string {
  try {
    const { errors } = JSON.parse(text) as { errors?: readonly { code?: string; message?: string }[] };
    if (Array.isArray(errors)) {
      return errors
        .map(({ code, message }) => [code, message].filter((part) => part !== undefined).join(" "))
        .join("; ")
        .slice(0, 500);
    }
  } catch {
    // No JSON: its text is all there is to show.
  }
  return text.trim().slice(0, 300);
}

function remedyFor(status: number, registry: string): string {
  if (status === 401 || status === 403) {
    return `Give this job credentials that may do this: \`docker login ${registry}\`, or SLIPWAY_REGISTRY=${registry} with SLIPWAY_REGISTRY_USERNAME and SLIPWAY_REGISTRY_PASSWORD.`;
  }
  if (status === 404)
    return "Check the reference; some registries want a repository to be created before the first push.";
  return "Look into the registry's log, then run the job again.";
}
