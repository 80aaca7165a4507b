import type { Descriptor, ManifestContent } from "./descriptor";

/** Where images are read from: a repository of a registry, or a folder in the OCI image layout. */
export interface ImageSource {
  /** For messages, without credentials. */
  readonly location: string;
  /** Where a registry on the same host could take blobs from without a transfer; `null` for a folder. */
  readonly origin: RegistryOrigin | null;
  /**
   * The manifest or index with a digest, verified.
   * @throws RefusedError `image-not-found`, `image-content-mismatch`
   */
  manifest(digest: string): Promise<ManifestContent>;
  /** What a tag names now, or `null`. Without a tag: `latest` in a registry, the only image of a folder. */
  named(tag: string | null): Promise<Descriptor | null>;
  /**
   * A blob's content; the stream fails with a RefusedError `image-content-mismatch` when it is not what the descriptor says.
   * @throws RefusedError `image-not-found`
   */
  blob(descriptor: Descriptor): Promise<AsyncIterable<Uint8Array>>;
  /** Artifacts that refer to a manifest: signatures, attestations, bills of materials. In bytewise order of their digests. */
  referrers(digest: string): Promise<readonly Descriptor[]>;
}

/** Where images are written to. Blobs come before what names them. */
export interface ImageDestination {
  /** For messages, without credentials. */
  readonly location: string;
  /** @throws RefusedError `image-content-mismatch` when the content is not what its descriptor says */
  putBlob(blob: BlobToPut): Promise<PutOutcome>;
  /** Under its digest only. */
  putManifest(manifest: ManifestContent): Promise<void>;
  /** As {@link putManifest}, and lists it among the referrers of its subject. */
  putReferrer(artifact: ManifestContent, subject: Descriptor): Promise<void>;
  /** Makes a manifest that was put the image others find, under a tag when one is given. */
  publish(manifest: ManifestContent, tag: string | null): Promise<void>;
  /** Leaves nothing behind that is not published, as far as the place can do that. */
  abandon(): Promise<void>;
}

/** `mounted`: the registry had it in another repository. */
export type PutOutcome = "written" | "existed" | "mounted";

export interface RegistryOrigin {
  /** Host with port. */
  readonly registry: string;
  readonly repository: string;
}

export interface BlobToPut {
  readonly descriptor: Descriptor;
  /** The content from its start, each time it is called: a transfer that broke off is tried again. */
  readonly open: () => Promise<AsyncIterable<Uint8Array>>;
  readonly origin: RegistryOrigin | null;
}
