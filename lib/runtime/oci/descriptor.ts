import { canonicalText, textDigest } from "../../blueprint/manifest/canonical-text";

/** How one content names another: by what it is, its digest and its size. */
export interface Descriptor {
  readonly mediaType: string;
  /** `sha256:<hex>`. */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly platform?: Platform;
  /** Where else it can be had; only of layers that may not be copied. */
  readonly urls?: readonly string[];
}

export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

/** A manifest or index with the bytes its digest is of. */
export interface ManifestContent {
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
}

export function descriptorOf(mediaType: string, bytes: Uint8Array): Descriptor {
  return { mediaType, digest: textDigest(bytes), size: bytes.length };
}

/** A document of ours as the bytes that everybody writes who says the same. */
export function documentOf(mediaType: string, value: unknown): ManifestContent {
  const bytes = Buffer.from(canonicalText(value));
  return { descriptor: descriptorOf(mediaType, bytes), bytes };
}

/** For messages: `linux/arm64`, or `linux/arm/v7`. */
export function platformName({ os, architecture, variant }: Platform): string {
  return [os, architecture, ...(variant === undefined ? [] : [variant])].join("/");
}
