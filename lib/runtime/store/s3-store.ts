import { createHash } from "node:crypto";
import { createWriteStream, openAsBlob } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { byCodepoint } from "../../blueprint/codepoint-order";
import { InvalidInputError } from "../../blueprint/problems";
import type { AwsService } from "../aws/aws-service";
import { BrokenEnvironmentError } from "../refusals";
import { checkKey, type KnownFile, type PutOutcome, type Store } from "./store";

/** S3 takes at most 5 GiB in one conditional put; a larger model file has to be cut by the training script. */
const largestObject = 5 * 1024 ** 3;

export interface S3Location {
  readonly bucket: string;
  /** Without slashes at its ends; empty for the whole bucket. */
  readonly prefix: string;
  /** `null` on AWS. */
  readonly endpoint: string | null;
  readonly encryption: Encryption;
}

/** `bucket` leaves the choice to the bucket's default encryption, which AWS always has. */
export type Encryption =
  | { readonly kind: "bucket" }
  | { readonly kind: "AES256" }
  | { readonly kind: "aws:kms"; readonly keyId: string | null };

/** A store in an S3-compatible bucket: write-once by `If-None-Match: *`, every byte checked in transit by its sha256. */
export class S3Store implements Store {
  public readonly location: string;
  private readonly base: string;

  public constructor(
    private readonly at: S3Location,
    private readonly s3: AwsService,
  ) {
    this.location = `s3://${at.bucket}${at.prefix === "" ? "" : `/${at.prefix}`}`;
    this.base =
      at.endpoint === null
        ? `https://${at.bucket}.s3.${s3.region}.amazonaws.com`
        : `${at.endpoint.replace(/\/+$/, "")}/${at.bucket}`;
  }

  public async putOnce(key: string, content: Uint8Array): Promise<PutOutcome> {
    return this.put(key, content, createHash("sha256").update(content).digest("hex"));
  }

  public async putFileOnce(key: string, file: KnownFile): Promise<PutOutcome> {
    if (file.size > largestObject) {
      throw new InvalidInputError("store", [
        {
          path: key,
          value: `${file.size} bytes`,
          says: "is more than the 5 GiB that one object may have",
          remedy: "Let the training script write the model in several files.",
        },
      ]);
    }
    return this.put(key, await openAsBlob(file.path), file.sha256);
  }

  public async get(key: string): Promise<Uint8Array | null> {
    const response = await this.read(key);
    return response === null ? null : new Uint8Array(await response.arrayBuffer());
  }

  public async download(key: string, file: string): Promise<boolean> {
    const response = await this.read(key);
    if (response === null) return false;
    const body = response.body === null ? Readable.from([]) : Readable.fromWeb(response.body);
    await pipeline(body, createWriteStream(file, { flags: "wx" }));
    return true;
  }

  public async list(prefix: string): Promise<readonly string[]> {
    const keys: string[] = [];
    let token: string | null = null;
    do {
      const query = new URLSearchParams({ "list-type": "2", "encoding-type": "url", prefix: this.objectName(prefix) });
      if (token !== null) query.set("continuation-token", token);
      const response = await this.s3.call(`${this.base}?${query.toString()}`, { method: "GET" });
      if (!response.ok) throw await this.failed("list", prefix, response);
      const page = await response.text();
      for (const [, name] of page.matchAll(/<Key>([^<]*)<\/Key>/g)) keys.push(this.keyOf(name!));
      token = /<NextContinuationToken>([^<]+)<\/NextContinuationToken>/.exec(page)?.[1] ?? null;
    } while (token !== null);
    return keys.sort(byCodepoint);
  }

  private async put(key: string, body: Uint8Array | Blob, sha256: string, attempts = 5): Promise<PutOutcome> {
    checkKey(key);
    const response = await this.s3.call(this.address(key), {
      method: "PUT",
      body,
      headers: { "If-None-Match": "*", "X-Amz-Content-Sha256": sha256, ...encryptionHeaders(this.at.encryption) },
    });
    if (response.status === 412) return "existed";
    // Another writer of the same key is under way: ask again, it will have finished or failed.
    if (response.status === 409 && attempts > 1) return this.put(key, body, sha256, attempts - 1);
    if (!response.ok) throw await this.failed("write", key, response);
    return "written";
  }

  private async read(key: string): Promise<Response | null> {
    checkKey(key);
    const response = await this.s3.call(this.address(key), { method: "GET" });
    if (response.status === 404) return null;
    if (!response.ok) throw await this.failed("read", key, response);
    return response;
  }

  private async failed(verb: string, key: string, response: Response): Promise<BrokenEnvironmentError> {
    const code = /<Code>([^<]*)<\/Code>/.exec(await response.text())?.[1] ?? "no error code";
    return new BrokenEnvironmentError(
      `cannot ${verb} ${this.location}/${key}: ${response.status} ${code}`,
      "Check the bucket's name, region and endpoint, and what this job's identity may do there.",
    );
  }

  private objectName(key: string): string {
    return this.at.prefix === "" ? key : `${this.at.prefix}/${key}`;
  }

  private keyOf(encodedName: string): string {
    const name = decodeURIComponent(encodedName.replace(/\+/g, " "));
    return this.at.prefix === "" ? name : name.slice(this.at.prefix.length + 1);
  }

  private address(key: string): string {
    return `${this.base}/${this.objectName(key).split("/").map(encodePart).join("/")}`;
  }
}

function encodePart(part: string): string {
  return encodeURIComponent(part).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

function encryptionHeaders(encryption: Encryption): Record<string, string> {
  if (encryption.kind === "bucket") return {};
  const headers = { "x-amz-server-side-encryption": encryption.kind };
  return encryption.kind === "aws:kms" && encryption.keyId !== null
    ? { ...headers, "x-amz-server-side-encryption-aws-kms-key-id": encryption.keyId }
    : headers;
}
