import type { Descriptor, ManifestContent } from "./descriptor";
import { parseManifest } from "./image-documents";

/** How a list of referrers names an artifact. */
export function referrerDescriptor(artifact: ManifestContent): Descriptor {
  const { artifactType, config, annotations } = parseManifest(artifact);
  return {
    ...artifact.descriptor,
    artifactType: artifactType ?? config.mediaType,
    ...(annotations === undefined ? {} : { annotations }),
  };
}
