/** Media types of the OCI image specification 1.1. */
export const MediaType = {
  index: "application/vnd.oci.image.index.v1+json",
  manifest: "application/vnd.oci.image.manifest.v1+json",
  config: "application/vnd.oci.image.config.v1+json",
  layer: "application/vnd.oci.image.layer.v1.tar",
  gzipLayer: "application/vnd.oci.image.layer.v1.tar+gzip",
  zstdLayer: "application/vnd.oci.image.layer.v1.tar+zstd",
  /** The two bytes `{}`: the config of what is no image. */
  empty: "application/vnd.oci.empty.v1+json",
} as const;

/** Docker's types (image manifest version 2, schema 2) and the OCI types of the very same bytes. */
const ociTypes: Readonly<Record<string, string>> = {
  "application/vnd.docker.distribution.manifest.list.v2+json": MediaType.index,
  "application/vnd.docker.distribution.manifest.v2+json": MediaType.manifest,
  "application/vnd.docker.container.image.v1+json": MediaType.config,
  "application/vnd.docker.image.rootfs.diff.tar": MediaType.layer,
  "application/vnd.docker.image.rootfs.diff.tar.gzip": MediaType.gzipLayer,
};

/** The OCI name of a media type; what is neither OCI's nor Docker's stays as it is. */
export function asOciType(mediaType: string): string {
  return ociTypes[mediaType] ?? mediaType;
}

/** What a registry is asked for when a manifest is read: in this order of preference. */
export const manifestTypes: readonly string[] = [
  MediaType.index,
  MediaType.manifest,
  ...Object.keys(ociTypes).filter((type) => type.includes(".distribution.manifest.")),
];
