import { setTimeout as pause } from "node:timers/promises";
import { BrokenEnvironmentError } from "../refusals";
import type { TrackingServer } from "./tracking-server";

export interface MlflowRequest {
  readonly method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  /** Path below the server's address, with its query, already encoded. */
  readonly path: string;
  /** Whether sending it twice has the effect of sending it once; only then is a failure in the middle tried again. */
  readonly idempotent: boolean;
  /** Made anew for every attempt, because a stream can be sent only once. */
  readonly body?: () => { readonly content: string | ReadableStream; readonly type: string };
  /** Milliseconds after which one attempt is given up. */
  readonly timeout: number;
}

/** The server answered, and the answer is an error. */
export class MlflowError extends BrokenEnvironmentError {
  public constructor(
    public readonly status: number,
    /** MLflow's own code, for example `RESOURCE_DOES_NOT_EXIST`; empty when the answer was not MLflow's. */
    public readonly code: string,
    message: string,
    remedy: string,
  ) {
    super(message, remedy);
    this.name = "MlflowError";
  }
}

/** Longest pause, in seconds, that a server's Retry-After is followed for. */
const longestPause = 30;

/** Sends requests to one MLflow server: authentication, retries with back-off, errors that never show a credential. */
export class MlflowHttp {
  /** Milliseconds between attempts: five attempts within about eight seconds, unless the server asks for longer pauses. */
  public static readonly backOff: readonly number[] = [250, 500, 2000, 5000];

  public constructor(
    public readonly server: TrackingServer,
    private readonly backOff: readonly number[] = MlflowHttp.backOff,
  ) {}

  /**
   * @throws MlflowError when the server answers with an error
   * @throws BrokenEnvironmentError when it cannot be reached
   */
  public async send(request: MlflowRequest): Promise<Response> {
    for (let attempt = 0; ; attempt++) {
      const delay = this.backOff[attempt];
      try {
        const response = await this.attempt(request);
        if (response.ok) return response;
        if (delay === undefined || !isWorthRepeating(request, response.status)) {
          throw await this.errorFrom(request, response);
        }
        await response.body?.cancel();
        await pause(Math.max(delay, askedPause(response)));
      } catch (error) {
        if (error instanceof BrokenEnvironmentError) throw error;
        if (delay === undefined || !(request.idempotent || neverArrived(error))) {
          throw this.unreachable(request, error);
        }
        await pause(delay);
      }
    }
  }

  private async attempt(request: MlflowRequest): Promise<Response> {
    const body = request.body?.();
    const { authorization, uri } = this.server;
    return await fetch(uri + request.path, {
      method: request.method,
      headers: {
        accept: "application/json",
        ...(body === undefined ? {} : { "content-type": body.type }),
        ...(authorization === null ? {} : { authorization }),
      },
      ...(body === undefined ? {} : { body: body.content, duplex: "half" }),
      // A redirect would turn a POST into a GET and could lead to another host.
      redirect: "manual",
      signal: AbortSignal.timeout(request.timeout),
    });
  }

  private async errorFrom(request: MlflowRequest, response: Response): Promise<MlflowError> {
    const text = await response.text().catch(() => "");
    const { code, message } = readError(text);
    const what = `${request.method} ${this.shownPath(request)}`;
    const says = this.withoutSecrets(message === "" ? response.statusText : message);
    return new MlflowError(
      response.status,
      code,
      `MLflow at ${this.server.uri} answered ${response.status} to ${what}: ${says}`,
      remedyFor(response),
    );
  }

  private unreachable(request: MlflowRequest, error: unknown): BrokenEnvironmentError {
    const why = this.withoutSecrets(describeFailure(error));
    return new BrokenEnvironmentError(
      `MLflow at ${this.server.uri} did not answer ${request.method} ${this.shownPath(request)}: ${why}`,
      "Check that MLFLOW_TRACKING_URI names a running MLflow server that this machine can reach.",
    );
  }

  private shownPath(request: MlflowRequest): string {
    return request.path.split("?")[0]!;
  }

  private withoutSecrets(text: string): string {
    return this.server.secrets.reduce((shown, secret) => shown.replaceAll(secret, "***"), text).slice(0, 2000);
  }
}

function isWorthRepeating(request: MlflowRequest, status: number): boolean {
  // 429 says that the request was not worked on at all.
  return status === 429 || (request.idempotent && [500, 502, 503, 504].includes(status));
}

/** Milliseconds of the Retry-After header when it is given in seconds. */
function askedPause(response: Response): number {
  const seconds = Number(response.headers.get("retry-after") ?? "0");
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), longestPause) * 1000 : 0;
}

/** Whether the connection was never made, so that nothing can have happened on the server. */
function neverArrived(error: unknown): boolean {
  return ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN"].includes(systemCode(error));
}

function systemCode(error: unknown): string {
  const { cause } = error as { cause?: { code?: unknown } };
  return typeof cause?.code === "string" ? cause.code : "";
}

/** fetch says only "fetch failed"; why is in its cause, and for several addresses of one host in the cause's code alone. */
function describeFailure(error: unknown): string {
  const { message, cause } = error as { message?: string; cause?: { message?: string } };
  const why = cause?.message ?? message ?? String(error);
  const code = systemCode(error);
  return why.includes(code) ? why : `${code} ${why}`.trim();
}

function readError(text: string): { code: string; message: string } {
  try {
    const parsed = JSON.parse(text) as { error_code?: unknown; message?: unknown };
    if (typeof parsed.message === "string") {
      return { code: typeof parsed.error_code === "string" ? parsed.error_code : "", message: parsed.message };
    }
  } catch {
    // A proxy in front of MLflow answers with a page of its own: its text is all there is to show.
  }
  return { code: "", message: text.trim().slice(0, 300) };
}

function remedyFor(response: Response): string {
  if (response.status === 401 || response.status === 403) {
    return "Check MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN, and what they may do on the server.";
  }
  if (response.status >= 300 && response.status < 400) {
    return `Set MLFLOW_TRACKING_URI to the address it leads to: ${response.headers.get("location") ?? "(not named)"}.`;
  }
  if (response.status >= 500) return "Look into the server's log, then run the job again.";
  return "Check that the server is MLflow 3 and that the names in the release manifest are right.";
}
