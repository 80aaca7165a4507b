import { execFileSync } from "node:child_process";
import { createHash, createHmac, generateKeyPairSync, timingSafeEqual } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const region = "eu-central-1";
const accessKeyId = "AKIAEXAMPLE";
const secretAccessKey = "a secret of the tests";

interface Refusal {
  readonly status: number;
  readonly type: string;
}

/**
 * A key management service with one ECC_NIST_P256 key, as far as signing goes. It takes `MessageType: DIGEST` at its word, as
 * AWS does: the signature is over the message that has this digest. Every request's Signature Version 4 is computed again.
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html
 */
export class LocalKms {
  public static async start(): Promise<LocalKms> {
    const kms = new LocalKms();
    await new Promise<void>((listening) => kms.server.listen(0, "127.0.0.1", listening));
    return kms;
  }

  public readonly keyId = `arn:aws:kms:${region}:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
  public readonly region = region;
  /** PEM. */
  public readonly publicKey: string;
  /** What was asked, in order. */
  public readonly asked: { readonly action: string; readonly request: Readonly<Record<string, string>> }[] = [];
  private readonly folder = mkdtempSync(join(tmpdir(), "slipway-kms-"));
  private readonly spki: Buffer;
  private readonly server: Server;

  private constructor() {
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
    this.publicKey = publicKey.export({ type: "spki", format: "pem" }).toString();
    this.spki = publicKey.export({ type: "spki", format: "der" });
    writeFileSync(join(this.folder, "key.pem"), privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const answer = this.answer(request.headers, Buffer.concat(chunks).toString("utf8"));
        const refused = "status" in answer;
        response.writeHead(refused ? Number(answer.status) : 200, { "content-type": "application/x-amz-json-1.1" });
        response.end(JSON.stringify(refused ? { __type: answer.type } : answer));
      });
    });
  }

  /** What a job holds that may use the key. */
  public get env(): Record<string, string> {
    return {
      GITHUB_ACTIONS: "true",
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_ENDPOINT_URL_KMS: `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`,
    };
  }

  public async stop(): Promise<void> {
    await new Promise((stopped) => this.server.close(stopped));
    rmSync(this.folder, { recursive: true, force: true });
  }

  private answer(headers: IncomingHttpHeaders, body: string): Readonly<Record<string, string>> | Refusal {
    if (!isSigned(headers, body)) return { status: 400, type: "InvalidSignatureException" };
    const action = String(headers["x-amz-target"]).replace(/^TrentService\./, "");
    const request = JSON.parse(body) as Readonly<Record<string, string>>;
    this.asked.push({ action, request });
    if (request.KeyId !== this.keyId) return { status: 400, type: "NotFoundException" };
    if (action === "GetPublicKey") return { KeyId: this.keyId, PublicKey: this.spki.toString("base64") };
    const digest = Buffer.from(request.Message ?? "", "base64");
    if (action !== "Sign" || request.MessageType !== "DIGEST" || digest.length !== 32) {
      return { status: 400, type: "ValidationException" };
    }
    return { KeyId: this.keyId, Signature: this.signDigest(digest) };
  }

  /** node:crypto hashes whatever it signs; openssl signs a digest as it stands. */
  private signDigest(digest: Buffer): string {
    const args = ["pkeyutl", "-sign", "-inkey", join(this.folder, "key.pem"), "-pkeyopt", "digest:sha256"];
    return execFileSync("openssl", args, { input: digest }).toString("base64");
  }
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html */
function isSigned(headers: IncomingHttpHeaders, body: string): boolean {
  const authorization = headers.authorization ?? "";
  const parts = /^AWS4-HMAC-SHA256 Credential=([^,]+), SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
    authorization,
  );
  if (parts === null) return false;
  const [, credential, signedHeaders, signature] = parts as unknown as [string, string, string, string];
  const [key, ...scope] = credential.split("/");
  const names = signedHeaders.split(";");
  const time = String(headers["x-amz-date"]);
  if (key !== accessKeyId || !["host", "x-amz-date", "x-amz-target"].every((name) => names.includes(name)))
    return false;
  if (scope.join("/") !== `${time.slice(0, 8)}/${region}/kms/aws4_request`) return false;
  const canonicalRequest = [
    "POST",
    "/",
    "",
    ...names.map((name) => `${name}:${String(headers[name])}`),
    "",
    signedHeaders,
    sha256(body),
  ].join("\n");
  const toSign = ["AWS4-HMAC-SHA256", time, scope.join("/"), sha256(canonicalRequest)].join("\n");
  const signingKey = scope.reduce<Buffer>((secret, part) => hmac(secret, part), Buffer.from(`AWS4${secretAccessKey}`));
  return timingSafeEqual(hmac(signingKey, toSign), Buffer.from(signature, "hex"));
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
