import Ajv2020 from "ajv/dist/2020";
import { RefusedError } from "../refusals";
import type { Descriptor, ManifestContent } from "./descriptor";

/** An image for one platform, or an artifact (then `artifactType` says of what kind). */
export interface ImageManifest {
  readonly schemaVersion: 2;
  readonly mediaType?: string;
  readonly artifactType?: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly subject?: Descriptor;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Several manifests: one image's for several platforms, or what refers to an image. */
export interface ImageIndex {
  readonly schemaVersion: 2;
  readonly mediaType?: string;
  readonly manifests: readonly Descriptor[];
  readonly annotations?: Readonly<Record<string, string>>;
}

/** What a container starts with, and how its layers came about. */
export interface ImageConfig {
  readonly created?: string;
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
  readonly config?: ContainerConfig;
  readonly rootfs: { readonly type: "layers"; readonly diff_ids: readonly string[] };
  readonly history?: readonly LayerHistory[];
}

/** Names as the OCI specification writes them. */
export interface ContainerConfig {
  readonly User?: string;
  readonly ExposedPorts?: Readonly<Record<string, object>>;
  readonly Env?: readonly string[];
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly WorkingDir?: string;
  readonly Labels?: Readonly<Record<string, string>>;
  readonly StopSignal?: string;
}

export interface LayerHistory {
  readonly created?: string;
  readonly created_by?: string;
  readonly comment?: string;
  /** The step changed no file. */
  readonly empty_layer?: boolean;
}

const digest = { type: "string", pattern: "^sha256:[0-9a-f]{64}$" };
const texts = { type: "object", additionalProperties: { type: "string" } };
const textList = { type: ["array", "null"], items: { type: "string" } };
const descriptor = {
  type: "object",
  required: ["mediaType", "digest", "size"],
  properties: {
    mediaType: { type: "string" },
    digest,
    size: { type: "integer", minimum: 0 },
    annotations: texts,
    platform: { type: "object", required: ["os", "architecture"] },
    urls: { type: "array", items: { type: "string" } },
  },
};
// Only what is relied on here: a field that others add is theirs.
const documents = {
  "image manifest": {
    type: "object",
    required: ["schemaVersion", "config", "layers"],
    properties: {
      schemaVersion: { const: 2 },
      config: descriptor,
      layers: { type: "array", items: descriptor },
      subject: descriptor,
    },
  },
  "image index": {
    type: "object",
    required: ["schemaVersion", "manifests"],
    properties: { schemaVersion: { const: 2 }, manifests: { type: "array", items: descriptor } },
  },
  "image configuration": {
    type: "object",
    required: ["os", "architecture", "rootfs"],
    properties: {
      os: { type: "string" },
      architecture: { type: "string" },
      rootfs: {
        type: "object",
        required: ["type", "diff_ids"],
        properties: { type: { const: "layers" }, diff_ids: { type: "array", items: digest } },
      },
      history: { type: "array", items: { type: "object" } },
      config: { type: ["object", "null"], properties: { Env: textList, Entrypoint: textList, Cmd: textList } },
    },
  },
};

const ajv = new Ajv2020({ strict: false, logger: false });

/** @throws RefusedError `image-unreadable` */
export function parseManifest(content: ManifestContent): ImageManifest {
  return parseDocument("image manifest", content.bytes, content.descriptor.digest) as ImageManifest;
}

/** @throws RefusedError `image-unreadable` */
export function parseIndex(content: ManifestContent): ImageIndex {
  return parseDocument("image index", content.bytes, content.descriptor.digest) as ImageIndex;
}

/** @throws RefusedError `image-unreadable` */
export function parseConfig(bytes: Uint8Array, digest: string): ImageConfig {
  return parseDocument("image configuration", bytes, digest) as ImageConfig;
}

function parseDocument(kind: keyof typeof documents, bytes: Uint8Array, digest: string): unknown {
  const validate = ajv.getSchema(kind) ?? ajv.addSchema(documents[kind], kind).getSchema(kind)!;
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    throw unreadable(kind, digest, "is not JSON");
  }
  if (validate(value) === true) return value;
  const [error] = validate.errors ?? [];
  throw unreadable(kind, digest, `${error?.instancePath ?? ""} ${error?.message ?? ""}`.trim());
}

function unreadable(kind: string, digest: string, why: string): RefusedError {
  return new RefusedError(
    "image-unreadable",
    `the ${kind} ${digest} cannot be used: ${why}`,
    "Name an image in the format of OCI or of Docker's schema 2; push an older one again with a current tool.",
  );
}
