import type { Descriptor, ManifestContent } from "../descriptor";
import type { ImageSource, RegistryOrigin } from "../image-places";
import { manifestTypes } from "../media-types";
import { imageNotFound, verified, verifiedManifest } from "../verified-content";
import { getManifest } from "./manifest-requests";
import { listReferrers } from "./referrers";
import type { Repository } from "./repository";
import { connectionFailure } from "../retries";

/** Reads images from a repository of a registry (OCI distribution specification 1.1). */
export class RegistrySource implements ImageSource {
  public readonly location: string;
  public readonly origin: RegistryOrigin;

  public constructor(private readonly repository: Repository) {
    this.location = repository.location;
    this.origin = { registry: repository.registry, repository: repository.name };
  }

  public async manifest(digest: string): Promise<ManifestContent> {
    const found = await getManifest(this.repository, digest, this.repository.pullScope());
    if (found === null) throw imageNotFound(this.location, `manifest ${digest}`);
    return verifiedManifest(found.bytes, found.descriptor.mediaType, digest, this.location);
  }

  public async named(tag: string | null): Promise<Descriptor | null> {
    const name = tag ?? "latest";
    const response = await this.repository.send({
      method: "HEAD",
      at: this.repository.path(`manifests/${name}`),
      scope: [this.repository.pullScope()],
      headers: { accept: manifestTypes.join(", ") },
      expects: [404],
    });
    if (response.status === 404) return null;
    const digest = response.headers.get("docker-content-digest") ?? "";
    const size = Number(response.headers.get("content-length") ?? "0");
    if (/^sha256:[0-9a-f]{64}$/.test(digest) && size > 0) {
      return { mediaType: (response.headers.get("content-type") ?? "").split(";")[0]!.trim(), digest, size };
    }
    // Not every registry says the digest to a HEAD, which counts in none as a pull.
    const found = await getManifest(this.repository, name, this.repository.pullScope());
    return found?.descriptor ?? null;
  }

  public async blob(descriptor: Descriptor): Promise<AsyncIterable<Uint8Array>> {
    const response = await this.repository.send({
      method: "GET",
      at: this.repository.path(`blobs/${descriptor.digest}`),
      scope: [this.repository.pullScope()],
      expects: [404],
    });
    if (response.status === 404) {
      await response.body?.cancel();
      throw imageNotFound(this.location, `blob ${descriptor.digest}`);
    }
    return verified(transferred(response, this.location), descriptor, this.location);
  }

  public referrers(digest: string): Promise<readonly Descriptor[]> {
    return listReferrers(this.repository, digest, this.repository.pullScope());
  }
}

/** A connection that breaks off is another matter than content that is wrong: whoever wants all of it may try again. */
async function* transferred(response: Response, location: string): AsyncGenerator<Uint8Array> {
  try {
    yield* (response.body ?? []) as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw connectionFailure(`${location} broke off a transfer`, error);
  }
}
