import { createHash, generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fulcioHandler, initializeCA, initializeCTLog, initializeTLog } from "@sigstore/mock";
import type { SigstoreInstance } from "../../../lib/runtime/signing/keyless-signer";
import type { SigstoreTrustRoot } from "../../../lib/runtime/signing/sigstore";
import { tufRepository } from "./tuf-repository";

interface Answer {
  readonly statusCode: number;
  readonly response: string;
}

type Handler = (body: string) => Promise<Answer>;

/** An organization's own Sigstore on this machine: Fulcio, Rekor, and the TUF repository that says which keys are theirs. */
export class LocalSigstore {
  public static async start(): Promise<LocalSigstore> {
    const folder = mkdtempSync(join(tmpdir(), "slipway-sigstore-"));
    const handlers = new Map<string, Handler>();
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url!);
      const handler = handlers.get(request.url!);
      const answer = handler === undefined ? Promise.resolve(notFound) : bodyOf(request).then(handler);
      answer.then(
        ({ statusCode, response: text }) => {
          response.writeHead(statusCode, { "content-type": "application/json" }).end(text);
        },
        (error: unknown) => response.writeHead(500).end(String(error)),
      );
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

    const ctLog = await initializeCTLog(p256());
    const ca = await initializeCA(p256(), ctLog);
    const log = await initializeTLog(url, p256());
    const fulcio = fulcioHandler(ca);
    handlers.set(fulcio.path, async (body) => {
      const { statusCode, response } = await fulcio.fn(body);
      return { statusCode, response: response as string };
    });
    handlers.set("/api/v1/log/entries", async (body) => ({
      statusCode: 201,
      response: JSON.stringify(await log.log(asRekorStores(JSON.parse(body) as ProposedEntry))),
    }));
    const root = trustedRoot(url, {
      authority: Buffer.from(ca.rootCertificate.buffer),
      certificateLog: { key: ctLog.publicKey, id: Buffer.from(ctLog.logID.buffer) },
      log: log.publicKey,
    });
    for (const [path, text] of tufRepository("trusted_root.json", root)) {
      handlers.set(path, () => Promise.resolve({ statusCode: 200, response: text }));
      if (path === "/root.json") writeFileSync(join(folder, "root.json"), text);
    }
    return new LocalSigstore(server, url, folder, asked);
  }

  private caches = 0;

  private constructor(
    private readonly server: Server,
    private readonly url: string,
    private readonly folder: string,
    /** Paths that were requested, in order. */
    public readonly asked: readonly string[],
  ) {}

  /** Where a job signs that holds a token with these claims. */
  public instance(claims: Readonly<Record<string, string>>): SigstoreInstance {
    const parts = [{ alg: "none" }, { aud: "sigstore", ...claims }].map((part) =>
      Buffer.from(JSON.stringify(part)).toString("base64url"),
    );
    return { fulcioURL: this.url, rekorURL: this.url, identityToken: `${parts.join(".")}.` };
  }

  /** What a verifier trusts that has never asked before. */
  public trustRoot(): SigstoreTrustRoot {
    this.caches += 1;
    return {
      tufMirrorURL: this.url,
      tufRootPath: join(this.folder, "root.json"),
      tufCachePath: join(this.folder, `cache-${this.caches}`),
    };
  }

  public async stop(): Promise<void> {
    await new Promise((stopped) => this.server.close(stopped));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const notFound: Answer = { statusCode: 404, response: "" };

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

function p256(): ReturnType<typeof generateKeyPairSync> {
  return generateKeyPairSync("ec", { namedCurve: "prime256v1" });
}

interface ProposedEntry {
  readonly spec: { readonly proposedContent: { readonly envelope: string; readonly verifiers: readonly string[] } };
}

/**
 * What Rekor logs of a proposed `dsse` entry: digests and signatures, never the payload. The mock logs proposals as they come.
 * https://github.com/sigstore/rekor/blob/main/pkg/types/dsse/v0.0.1/dsse_v0_0_1_schema.json
 */
function asRekorStores({ spec: { proposedContent } }: ProposedEntry): object {
  const envelope = JSON.parse(proposedContent.envelope) as { payload: string; signatures: { sig: string }[] };
  return {
    apiVersion: "0.0.1",
    kind: "dsse",
    spec: {
      envelopeHash: { algorithm: "sha256", value: sha256(Buffer.from(proposedContent.envelope)).toString("hex") },
      payloadHash: { algorithm: "sha256", value: sha256(Buffer.from(envelope.payload, "base64")).toString("hex") },
      signatures: envelope.signatures.map(({ sig }, index) => ({
        signature: sig,
        verifier: proposedContent.verifiers[index],
      })),
    },
  };
}

interface PublicHalves {
  /** Fulcio's root certificate, DER. */
  readonly authority: Buffer;
  readonly certificateLog: { readonly key: Buffer; readonly id: Buffer };
  /** Rekor's key, SubjectPublicKeyInfo. */
  readonly log: Buffer;
}

/** https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_trustroot.proto */
function trustedRoot(url: string, { authority, certificateLog, log }: PublicHalves): string {
  const validFor = { start: "2020-01-01T00:00:00Z" };
  const logOf = (key: Buffer, id: Buffer): object => ({
    baseUrl: url,
    hashAlgorithm: "SHA2_256",
    publicKey: { rawBytes: key.toString("base64"), keyDetails: "PKIX_ECDSA_P256_SHA_256", validFor },
    logId: { keyId: id.toString("base64") },
  });
  return JSON.stringify({
    mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
    tlogs: [logOf(log, sha256(log))],
    certificateAuthorities: [
      {
        subject: { organization: "sigstore.mock", commonName: "sigstore" },
        uri: url,
        certChain: { certificates: [{ rawBytes: authority.toString("base64") }] },
        validFor,
      },
    ],
    ctlogs: [logOf(certificateLog.key, certificateLog.id)],
    timestampAuthorities: [],
  });
}

function sha256(bytes: Buffer): Buffer {
  return createHash("sha256").update(bytes).digest();
}
