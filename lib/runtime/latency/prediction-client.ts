import { Agent as HttpAgent, type ClientRequest, request as httpRequest, type RequestOptions } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { ResolvedLoad } from "./load";

/** How one request ended: `null` when it was answered with a status from 200 to 299, else the words by which failures are counted. */
export type Failure = string | null;

/** Idle connections are closed after so long, before servers do: a request that meets a closing one would fail by no fault of the server. */
const idleMillis = 1_000;

/**
 * Posts prediction requests over HTTP/1.1 connections that are kept open, the most recently used first, so that there are never
 * more than the load needs. A failed request is not tried again: whoever asked has waited already.
 */
export class PredictionClient {
  private readonly agent: HttpAgent;
  private readonly post: (options: RequestOptions) => ClientRequest;
  private readonly options: RequestOptions;
  private readonly underWay = new Set<ClientRequest>();
  private waited = 0;

  public constructor({ url, contentType, connections }: Pick<ResolvedLoad, "url" | "contentType" | "connections">) {
    const secure = url.protocol === "https:";
    const settings = {
      keepAlive: true,
      maxSockets: connections,
      maxFreeSockets: connections,
      scheduling: "lifo",
      timeout: idleMillis,
    } as const;
    this.agent = secure ? new HttpsAgent(settings) : new HttpAgent(settings);
    this.post = secure ? httpsRequest : httpRequest;
    this.options = {
      method: "POST",
      protocol: url.protocol,
      hostname: url.hostname.replace(/^\[(.*)\]$/, "$1"),
      port: url.port,
      path: url.pathname + url.search,
      agent: this.agent,
      headers: { "content-type": contentType, accept: "*/*" },
    };
  }

  /** Requests that found every permitted connection busy. */
  public get waitedForConnection(): number {
    return this.waited;
  }

  /** Sends one body and calls back once: when the answer is complete, or when the request has failed. */
  public send(body: Uint8Array, timeoutMillis: number, done: (failure: Failure) => void): void {
    const request = this.post({
      ...this.options,
      headers: { ...(this.options.headers as Record<string, string>), "content-length": body.length },
    });
    this.underWay.add(request);
    let ended = false;
    const end = (failure: Failure): void => {
      if (ended) return;
      ended = true;
      clearTimeout(timer);
      this.underWay.delete(request);
      done(failure);
    };
    const timer = setTimeout(() => {
      end("timeout");
      request.destroy();
    }, timeoutMillis);
    request.once("response", (response) => {
      const { statusCode = 0 } = response;
      response.once("end", () => {
        end(statusCode >= 200 && statusCode < 300 ? null : `status ${statusCode}`);
      });
      response.once("close", () => {
        end("connection");
      });
      response.on("error", () => undefined);
      response.resume();
    });
    // Also after the end: destroying a request makes it say so.
    request.on("error", () => {
      end("connection");
    });
    request.end(body);
    if (Object.keys(this.agent.requests).length > 0) this.waited += 1;
  }

  /** Breaks off what is under way and closes every connection. */
  public close(): void {
    for (const request of this.underWay) request.destroy();
    this.agent.destroy();
  }
}
