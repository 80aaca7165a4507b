import type { ImagePlatform, PackagingDocument } from "./pipeline-document";

/** How a model becomes an image that serves it. */
export class Packaging {
  /**
   * An image assembled from a base image, the wheels of the locked environment, the model and a server: without container engine,
   * Dockerfile or privilege, and with the same digest wherever it is assembled from the same parts.
   *
   * @example Packaging.image({ base: "python:3.12-slim@sha256:<digest>", repository: "ghcr.io/acme/insurance-risk" })
   */
  public static image(options: ImageOptions): Packaging {
    return new Packaging(
      { kind: "image", reference: options.base, lockFile: options.lockFile ?? null },
      options.platforms ?? ["linux/amd64"],
      options,
    );
  }

  /**
   * The base and the environment come from a Dockerfile of the model repository, for what wheels cannot carry. Model and server are
   * still added by Slipway, as layers of their own. Only on runners that have docker, podman or buildah.
   */
  public static dockerfile(options: DockerfileOptions = {}): Packaging {
    return new Packaging(
      { kind: "dockerfile", file: options.file ?? "Dockerfile", context: options.context ?? "." },
      [options.platform ?? "linux/amd64"],
      options,
    );
  }

  public readonly document: PackagingDocument;

  private constructor(
    base: PackagingDocument["base"],
    platforms: readonly ImagePlatform[],
    { repository, server, files }: PackagingOptions,
  ) {
    this.document = { base, repository: repository ?? null, platforms, server: server ?? null, files: files ?? [] };
  }
}

/** What every packaging may say. */
export interface PackagingOptions {
  /**
   * Where images are pushed, by digest: registry and repository without a tag, for example `ghcr.io/acme/insurance-risk`.
   * @default none: images stay OCI layouts among the hand-offs of a run, and nothing can be promoted
   */
  readonly repository?: string;
  /**
   * Command that serves the model and keeps the serving contract, run in the image's `/opt/slipway/files`.
   * @default Slipway's own server, for models that MLflow's pyfunc loads
   */
  readonly server?: string;
  /**
   * Files and folders of the model repository that the image takes along, relative to the pipeline's root: code of the user's own
   * server, or modules that the model's pickles import.
   * @default none
   */
  readonly files?: readonly string[];
}

/** What an assembled image is made of. */
export interface ImageOptions extends PackagingOptions {
  /** Base image with the pipeline's Python, by digest: `python:3.12-slim@sha256:<64 hex digits>`. */
  readonly base: string;
  /**
   * Lock file of a smaller environment for serving. Every package in it has the version that the model was trained with.
   * @default the pipeline's own lock file
   */
  readonly lockFile?: string;
  /**
   * Platforms to assemble for; wheels of each are taken, whatever the machine.
   * @default ["linux/amd64"]
   */
  readonly platforms?: readonly ImagePlatform[];
}

/** What is built by a Dockerfile. */
export interface DockerfileOptions extends PackagingOptions {
  /**
   * Path of the Dockerfile, relative to the pipeline's root.
   * @default "Dockerfile"
   */
  readonly file?: string;
  /**
   * Folder that is sent to the builder, relative to the pipeline's root.
   * @default "."
   */
  readonly context?: string;
  /**
   * The platform of the runner that builds.
   * @default "linux/amd64"
   */
  readonly platform?: ImagePlatform;
}
