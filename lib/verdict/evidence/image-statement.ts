import type { Statement, Subject } from "./statement";

export const provenanceType = "https://slsa.dev/provenance/v1";

/** How {@link ImageProvenance} is to be read: an image that `slipway package` put together. docs/guides/packaging.md describes it. */
export const packageBuildType = "https://slipway.dev/package/v1";

/** What an image was put together from. */
export interface ImageContent {
  readonly pipeline: string;
  /** `owner/name` of the model repository; `null` for one that no host knows. */
  readonly repository: string | null;
  /** Content digest of the model. */
  readonly model: string;
  /** Base image as it was named, and the digest of what it stood for. */
  readonly base: { readonly reference: string; readonly digest: string };
  /** Lock of the environment, by file name and digest; `null` where a Dockerfile made the environment. */
  readonly lock: { readonly file: string; readonly digest: string } | null;
  readonly platforms: readonly string[];
  /** Shell command of the user's own server; `null`: Slipway's. */
  readonly server: string | null;
}

/** SLSA provenance v1 as far as it is written here. https://slsa.dev/spec/v1.1/provenance */
export interface ImageProvenance {
  readonly buildDefinition: {
    readonly buildType: string;
    readonly externalParameters: Pick<ImageContent, "pipeline" | "repository" | "model" | "platforms" | "server">;
    readonly internalParameters: { readonly manifestDigest: string };
    readonly resolvedDependencies: readonly { readonly uri: string; readonly digest: { readonly sha256: string } }[];
  };
  readonly runDetails: {
    readonly builder: { readonly id: string; readonly version: Readonly<Record<string, string>> };
    readonly metadata: { readonly invocationId: string | null };
  };
}

export type ImageStatement = Statement<typeof provenanceType, ImageProvenance>;

/** Who put an image together, from which manifest. */
export interface ImageBuild {
  readonly manifestDigest: string;
  readonly version: string;
  /** Where the run can be looked at; `null` on a laptop. */
  readonly run: string | null;
}

/**
 * States what is in an image.
 *
 * @param name - repository of the image, or the pipeline's name where it was pushed nowhere
 * @param imageDigest - of its manifest or index
 */
export function imageStatement(
  name: string,
  imageDigest: string,
  content: ImageContent,
  build: ImageBuild,
): ImageStatement {
  const { pipeline, repository, model, platforms, server, base, lock } = content;
  return {
    _type: "https://in-toto.io/Statement/v1",
    subject: [imageSubject(name, imageDigest)],
    predicateType: provenanceType,
    predicate: {
      buildDefinition: {
        buildType: packageBuildType,
        externalParameters: { pipeline, repository, model, platforms, server },
        internalParameters: { manifestDigest: build.manifestDigest },
        resolvedDependencies: [
          { uri: `slipway:${pipeline}/model`, digest: sha256(model) },
          { uri: `oci:${base.reference}`, digest: sha256(base.digest) },
          ...(lock === null ? [] : [{ uri: `slipway:${pipeline}/${lock.file}`, digest: sha256(lock.digest) }]),
        ],
      },
      runDetails: {
        builder: { id: "https://slipway.dev/package", version: { slipway: build.version } },
        metadata: { invocationId: build.run },
      },
    },
  };
}

function imageSubject(name: string, digest: string): Subject {
  return { name, digest: sha256(digest) };
}

function sha256(digest: string): { readonly sha256: string } {
  return { sha256: digest.replace(/^sha256:/, "") };
}
