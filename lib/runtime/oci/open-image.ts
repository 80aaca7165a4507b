import type { Variables } from "../command-context";
import { registryCredentials } from "./credentials/registry-credentials";
import type { ManifestContent } from "./descriptor";
import type { ImageDestination, ImageSource } from "./image-places";
import { LayoutDestination } from "./layout/layout-destination";
import { LayoutSource } from "./layout/layout-source";
import { formatReference, type ImageReference, type RegistryReference } from "./reference";
import { RegistryDestination } from "./registry/registry-destination";
import { RegistryHttp } from "./registry/registry-http";
import { RegistrySource } from "./registry/registry-source";
import { Repository } from "./registry/repository";
import { imageNotFound } from "./verified-content";

/**
 * Opens the places that references name, with the credentials of one environment. Connections to a registry share their tokens, so it
 * should live as long as the command.
 */
export class ImagePlaces {
  private readonly registries = new Map<string, RegistryHttp>();

  public constructor(
    private readonly env: Variables,
    /** Milliseconds between attempts. @default - five attempts within about eight seconds */
    private readonly pauses?: readonly number[],
  ) {}

  public source(reference: ImageReference): ImageSource {
    return reference.kind === "layout"
      ? new LayoutSource(reference.path)
      : new RegistrySource(this.repository(reference));
  }

  public destination(reference: ImageReference): ImageDestination {
    return reference.kind === "layout"
      ? new LayoutDestination(reference.path)
      : new RegistryDestination(this.repository(reference));
  }

  private repository(reference: RegistryReference): Repository {
    const { registry } = reference;
    let http = this.registries.get(registry);
    if (http === undefined) {
      http = new RegistryHttp(registry, () => registryCredentials(registry, this.env));
      this.registries.set(registry, http);
    }
    return new Repository(reference, http, this.pauses);
  }
}

/**
 * The manifest or index that a reference names, by its digest or else by its tag as it stands now.
 *
 * @throws RefusedError `image-not-found`, `image-ambiguous`, `image-content-mismatch`
 */
export async function findManifest(source: ImageSource, reference: ImageReference): Promise<ManifestContent> {
  if (reference.digest !== null) return source.manifest(reference.digest);
  const named = await source.named(reference.kind === "registry" ? reference.tag : null);
  if (named === null) throw imageNotFound(source.location, `image ${formatReference(reference)}`);
  return source.manifest(named.digest);
}
