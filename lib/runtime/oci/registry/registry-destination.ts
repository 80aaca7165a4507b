import type { Descriptor, ManifestContent } from "../descriptor";
import type { BlobToPut, ImageDestination, PutOutcome } from "../image-places";
import { verified } from "../verified-content";
import { putManifest } from "./manifest-requests";
import { putReferrer } from "./referrers";
import type { Repository } from "./repository";

/** Writes images to a repository of a registry (OCI distribution specification 1.1). */
export class RegistryDestination implements ImageDestination {
  public readonly location: string;

  public constructor(private readonly repository: Repository) {
    this.location = repository.location;
  }

  public async putBlob(blob: BlobToPut): Promise<PutOutcome> {
    if (await this.hasBlob(blob.descriptor)) return "existed";
    return this.repository.retrying(() => this.upload(blob));
  }

  public async putManifest(manifest: ManifestContent): Promise<void> {
    await putManifest(this.repository, manifest, manifest.descriptor.digest);
  }

  public async putReferrer(artifact: ManifestContent, subject: Descriptor): Promise<void> {
    await putReferrer(this.repository, artifact, subject);
  }

  public async publish(manifest: ManifestContent, tag: string | null): Promise<void> {
    if (tag !== null) await putManifest(this.repository, manifest, tag);
  }

  /** Blobs that nothing names are the registry's to collect. */
  public abandon(): Promise<void> {
    return Promise.resolve();
  }

  private async hasBlob({ digest }: Descriptor): Promise<boolean> {
    const response = await this.repository.send({
      method: "HEAD",
      at: this.repository.path(`blobs/${digest}`),
      scope: [this.repository.pushScope()],
      expects: [404],
    });
    return response.ok;
  }

  /** One attempt from the beginning: an upload session that broke off is left to the registry, which forgets it. */
  private async upload({ descriptor, open, origin }: BlobToPut): Promise<PutOutcome> {
    const from =
      origin?.registry === this.repository.registry && origin.repository !== this.repository.name ? origin : null;
    const mount =
      from === null ? "" : `?${new URLSearchParams({ mount: descriptor.digest, from: from.repository }).toString()}`;
    const begun = await this.repository.sendOnce({
      method: "POST",
      at: this.repository.path(`blobs/uploads/${mount}`),
      scope: [this.repository.pushScope(), ...(from === null ? [] : [`repository:${from.repository}:pull`])],
      headers: { "content-length": "0" },
    });
    await begun.body?.cancel();
    if (begun.status === 201) return "mounted";
    // A registry that cannot or may not mount has begun an upload instead.
    const at = this.repository.addressFrom(begun);
    at.searchParams.set("digest", descriptor.digest);
    const done = await this.repository.sendOnce({
      method: "PUT",
      at,
      scope: [this.repository.pushScope()],
      headers: { "content-type": "application/octet-stream" },
      body: { size: descriptor.size, open: async () => verified(await open(), descriptor, "the content to upload") },
      timeout: null,
    });
    await done.body?.cancel();
    return "written";
  }
}
