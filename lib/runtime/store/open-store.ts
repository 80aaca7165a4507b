import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { StoreDocument } from "../../blueprint/pipeline/pipeline-document";
import { InvalidInputError } from "../../blueprint/problems";
import { AwsService } from "../aws/aws-service";
import type { Variables } from "../command-context";
import { DirectoryStore } from "./directory-store";
import { S3Store, type Encryption } from "./s3-store";
import type { Store } from "./store";

/**
 * Opens the store that `$SLIPWAY_STORE` names, else the manifest's.
 *
 * `file:///path`, or `s3://bucket/prefix?region=..&endpoint=..&sse=bucket|AES256|aws:kms&kms-key=..`. On AWS the bucket's own default
 * encryption applies unless `sse` says otherwise; elsewhere, where a bucket may have none, AES256 is asked for.
 *
 * @throws InvalidInputError when there is no store, or the address is none
 */
export function openStore(document: StoreDocument | null, env: Variables, repository: string): Store {
  const address = env.SLIPWAY_STORE;
  if (address !== undefined && address !== "") return fromAddress(address, env);
  if (document === null) {
    throw wrong("pipeline.store", null, "names no store", "Give MlPipeline a store, or set SLIPWAY_STORE.");
  }
  if (document.kind === "directory") return new DirectoryStore(resolve(repository, document.path));
  const { bucket, prefix, region, endpoint } = document;
  return s3({ bucket, prefix, region, endpoint, encryption: defaultEncryption(endpoint) }, env);
}

function fromAddress(address: string, env: Variables): Store {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url?.protocol === "file:") return new DirectoryStore(fileURLToPath(url));
  if (url?.protocol !== "s3:" || url.hostname === "") {
    throw wrong(
      "SLIPWAY_STORE",
      address,
      "is no address of a store",
      "Write file:///folder or s3://bucket/prefix?region=...",
    );
  }
  const endpoint = url.searchParams.get("endpoint");
  return s3(
    {
      bucket: url.hostname,
      prefix: decodeURIComponent(url.pathname),
      region: url.searchParams.get("region") ?? env.AWS_REGION ?? "us-east-1",
      endpoint,
      encryption: encryptionOf(url.searchParams, endpoint),
    },
    env,
  );
}

interface S3Choice {
  readonly bucket: string;
  readonly prefix: string;
  readonly region: string;
  readonly endpoint: string | null;
  readonly encryption: Encryption;
}

function s3({ bucket, prefix, region, endpoint, encryption }: S3Choice, env: Variables): Store {
  const at = { bucket, prefix: prefix.replace(/^\/+|\/+$/g, ""), endpoint, encryption };
  return new S3Store(at, new AwsService("s3", region, env));
}

function encryptionOf(query: URLSearchParams, endpoint: string | null): Encryption {
  const sse = query.get("sse");
  if (sse === null) return defaultEncryption(endpoint);
  if (sse === "bucket" || sse === "AES256") return { kind: sse };
  if (sse === "aws:kms") return { kind: sse, keyId: query.get("kms-key") };
  throw wrong("SLIPWAY_STORE", sse, "is no server-side encryption", "Write sse=bucket, sse=AES256 or sse=aws:kms.");
}

function defaultEncryption(endpoint: string | null): Encryption {
  return { kind: endpoint === null ? "bucket" : "AES256" };
}

function wrong(path: string, value: unknown, says: string, remedy: string): InvalidInputError {
  return new InvalidInputError("store", [{ path, value, says, remedy }]);
}
