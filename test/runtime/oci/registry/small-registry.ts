import { createHash, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One request as a server saw it. */
export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly authorization: string | undefined;
  readonly contentLength: string | undefined;
}

type Handler = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

/** An HTTP server on loopback that remembers what it was asked. */
export class LocalServer {
  public readonly seen: SeenRequest[] = [];

  private constructor(
    private readonly server: Server,
    private readonly handle: { with: Handler },
  ) {}

  public static async start(handler: Handler): Promise<LocalServer> {
    const handle = { with: handler };
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request
        .on("data", (chunk: Buffer) => chunks.push(chunk))
        .on("end", () => {
          local.seen.push({
            method: request.method!,
            url: request.url!,
            authorization: request.headers.authorization,
            contentLength: request.headers["content-length"],
          });
          handle.with(request, response, Buffer.concat(chunks));
        })
        .on("error", () => undefined);
    }).listen(0, "127.0.0.1");
    const local = new LocalServer(server, handle);
    await once(server, "listening");
    return local;
  }

  public get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  public answerWith(handler: Handler): void {
    this.handle.with = handler;
  }

  public stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

/** What a registry in memory does otherwise than the simplest one. */
export interface RegistryTraits {
  readonly referrersApi?: boolean;
  readonly mounts?: boolean;
  /** Says no digest to a HEAD. */
  readonly silentHead?: boolean;
  /** Called before anything else; `true` when it has answered. */
  readonly before?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

/** The distribution specification in memory: what Slipway's client is held to where a real registry would not misbehave on demand. */
export class SmallRegistry {
  public readonly blobs = new Map<string, Buffer>();
  public readonly manifests = new Map<string, { readonly type: string; readonly bytes: Buffer }>();

  public constructor(private readonly traits: RegistryTraits = {}) {}

  public readonly handle: Handler = (request, response, body) => {
    if (this.traits.before?.(request, response) === true) return;
    const url = new URL(request.url!, "http://registry");
    const [, name, kind, rest] = /^\/v2\/(.+?)\/(blobs|manifests|referrers)\/(.*)$/.exec(url.pathname) ?? [];
    if (kind === "manifests") this.manifest(request, response, `${name!}/${rest!}`, body);
    else if (kind === "referrers" && this.traits.referrersApi === true) this.referrers(response, rest!);
    else if (kind === "blobs" && request.method === "POST") this.begin(response, name!, url);
    else if (kind === "blobs" && request.method === "PUT")
      this.finish(response, url.searchParams.get("digest")!, body, name!);
    else if (kind === "blobs") answer(response, this.blobs.get(`${name!}/${rest!}`), "application/octet-stream");
    else response.writeHead(404).end();
  };

  public put(name: string, bytes: Buffer): string {
    const digest = digestOf(bytes);
    this.blobs.set(`${name}/${digest}`, bytes);
    return digest;
  }

  private begin(response: ServerResponse, name: string, url: URL): void {
    const mount = url.searchParams.get("mount");
    const there = mount === null ? undefined : this.blobs.get(`${url.searchParams.get("from")!}/${mount}`);
    if (this.traits.mounts === true && there !== undefined) {
      this.blobs.set(`${name}/${mount!}`, there);
      response.writeHead(201).end();
    } else response.writeHead(202, { location: `/v2/${name}/blobs/uploads/${randomUUID()}?state=x` }).end();
  }

  private finish(response: ServerResponse, digest: string, body: Buffer, name: string): void {
    if (digestOf(body) !== digest) {
      response.writeHead(400).end(JSON.stringify({ errors: [{ code: "DIGEST_INVALID", message: "not that digest" }] }));
      return;
    }
    this.blobs.set(`${name}/${digest}`, body);
    response.writeHead(201).end();
  }

  private manifest(request: IncomingMessage, response: ServerResponse, key: string, body: Buffer): void {
    if (request.method === "PUT") {
      const kept = { type: request.headers["content-type"]!, bytes: body };
      this.manifests.set(key, kept).set(`${key.slice(0, key.lastIndexOf("/"))}/${digestOf(body)}`, kept);
      const { subject } = JSON.parse(body.toString()) as { subject?: { digest: string } };
      const seen = this.traits.referrersApi === true && subject !== undefined ? { "oci-subject": subject.digest } : {};
      response.writeHead(201, { "docker-content-digest": digestOf(body), ...seen }).end();
      return;
    }
    const found = this.manifests.get(key);
    const digest =
      found === undefined || this.traits.silentHead === true ? {} : { "docker-content-digest": digestOf(found.bytes) };
    answer(response, found?.bytes, found?.type ?? "", digest);
  }

  private referrers(response: ServerResponse, digest: string): void {
    const manifests = [...new Set(this.manifests.values())].flatMap(({ type, bytes }) => {
      const { subject, artifactType } = JSON.parse(bytes.toString()) as {
        subject?: { digest: string };
        artifactType?: string;
      };
      return subject?.digest === digest
        ? [{ mediaType: type, digest: digestOf(bytes), size: bytes.length, artifactType }]
        : [];
    });
    const type = "application/vnd.oci.image.index.v1+json";
    answer(response, Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: type, manifests })), type);
  }
}

export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

function answer(
  response: ServerResponse,
  body: Buffer | undefined,
  type: string,
  headers: Record<string, string> = {},
): void {
  if (body === undefined) response.writeHead(404).end();
  else response.writeHead(200, { "content-type": type, "content-length": String(body.length), ...headers }).end(body);
}
