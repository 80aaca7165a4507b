import { createHash } from "node:crypto";
import { Image } from "@cdktf/provider-docker/lib/image";
import { RegistryImage } from "@cdktf/provider-docker/lib/registry-image";
import { AssetType, TerraformAsset, type TerraformProvider, Token } from "cdktf";
import { Construct } from "constructs";
import type { BuildContext } from "./build-context";
import { checkedImage } from "./checked-image";
import { ExistingDockerImage, type ExistingDockerImageProps } from "./existing-image";
import { escaped, imageLabels, type ImageDescription } from "./image-labels";
import { providerOf } from "./provider-of";

/** An image in a registry. */
export interface IDockerImage {
  /** The image by its digest, `registry.acme.example/risk/serving@sha256:...`: what is deployed. Known when Terraform runs. */
  readonly imageRef: string;
  /** With the registry's host, without tag. */
  readonly repository: string;
  /** `sha256:...` of the image's manifest. Known when Terraform runs. */
  readonly digest: string;
}

/** What an image is built from, and where it is pushed. */
export interface DockerImageProps {
  /** The folder that the build sees, relative to cdktf.json. It is copied beside the plan, and a change of any file builds anew. */
  readonly context: string;
  /** Where it is pushed, with the registry's host: `registry.repository("risk/serving")`. */
  readonly repository: string;
  /**
   * The name it is pushed under. Deployments go by {@link IDockerImage.imageRef}, which a moved tag does not change.
   * @default one that follows from the context and how it is built, so that no tag is ever moved by this construct
   */
  readonly tag?: string;
  /**
   * The Dockerfile inside the context.
   * @default "Dockerfile"
   */
  readonly dockerfile?: string;
  /**
   * Stage of the Dockerfile to build.
   * @default the last one
   */
  readonly target?: string;
  /**
   * System and processor, for example `linux/amd64`.
   * @default those of the Docker host
   */
  readonly platform?: string;
  /**
   * Values of the Dockerfile's ARGs. They can be read in the plan, in the state and in the image: no secrets.
   * @default none
   */
  readonly buildArgs?: Readonly<Record<string, string>>;
  /**
   * What the image says about itself, as labels of the OCI image specification.
   * @default nothing
   */
  readonly description?: ImageDescription;
  /**
   * Further labels, in reverse domain notation.
   * @default none
   */
  readonly labels?: Readonly<Record<string, string>>;
  /**
   * Whether the image stays on the Docker host when it is replaced or destroyed.
   * @default false
   */
  readonly keepLocally?: boolean;
  /**
   * Whether the image stays in the registry when it is replaced or destroyed, as a deployment that runs it needs. The provider
   * removes images without verifying the registry's certificate.
   * @default true
   */
  readonly keepRemotely?: boolean;
  /**
   * The provider to use; its `registryAuth` says how to log in.
   * @default the stack's Docker provider
   */
  readonly provider?: TerraformProvider;
}

/**
 * An image that the Docker host builds and pushes to a registry when Terraform runs.
 *
 * @example
 * const image = new DockerImage(this, "tools", { context: "images/tools", repository: registry.repository("risk/tools") });
 * new TerraformOutput(this, "image", { value: image.imageRef });
 */
export class DockerImage extends Construct implements IDockerImage {
  /**
   * An image that is in its registry already. One named by tag is looked up when the plan is made.
   *
   * @throws InvalidInputError when it is no reference with a tag or a digest
   */
  public static fromExistingImage(scope: Construct, id: string, props: ExistingDockerImageProps): ExistingDockerImage {
    return new ExistingDockerImage(scope, id, props);
  }

  public readonly repository: string;
  /** The context's copy beside the plan. */
  public readonly asset: TerraformAsset;
  /** The image on the Docker host. */
  public readonly image: Image;
  /** The image in the registry. */
  public readonly registryImage: RegistryImage;

  /** @throws InvalidInputError naming everything that is wrong with the props */
  public constructor(scope: Construct, id: string, props: DockerImageProps) {
    const context = checkedImage(scope, id, props);
    super(scope, id);
    this.repository = props.repository;
    this.asset = new TerraformAsset(this, "context", {
      path: context.folder,
      type: AssetType.DIRECTORY,
      assetHash: context.digest,
    });
    this.image = new Image(this, "image", {
      name: `${props.repository}:${props.tag ?? contentTag(context, props)}`,
      buildAttribute: {
        context: this.asset.path,
        dockerfile: props.dockerfile ?? "Dockerfile",
        buildArgs: escaped(props.buildArgs ?? {}),
        labels: imageLabels(props.description, props.labels),
        ...(props.target !== undefined && { target: props.target }),
        ...(props.platform !== undefined && { platform: props.platform }),
      },
      triggers: { context: context.digest },
      keepLocally: props.keepLocally ?? false,
      ...providerOf(props),
    });
    this.registryImage = new RegistryImage(this, "registry-image", {
      name: this.image.name,
      keepRemotely: props.keepRemotely ?? true,
      // Without it an image that was built anew under its old name would never be pushed.
      triggers: { image: this.image.imageId },
      ...providerOf(props),
    });
  }

  public get digest(): string {
    return this.registryImage.sha256Digest;
  }

  public get imageRef(): string {
    return `${this.repository}@${this.digest}`;
  }
}

/** A tag that another image never gets: it follows from everything that the build is told. */
function contentTag({ digest }: BuildContext, props: DockerImageProps): string {
  const { dockerfile, target, platform, buildArgs, description, labels } = props;
  const told = JSON.stringify(
    [digest, dockerfile, target, platform, buildArgs, description, labels],
    knownWhenSynthesized,
  );
  return `built-${createHash("sha256").update(told).digest("hex").slice(0, 16)}`;
}

/** Leaves out what only Terraform knows: cdktf numbers such values in the order they are made in, which says nothing of them. */
function knownWhenSynthesized(_: string, value: unknown): unknown {
  return typeof value === "string" && Token.isUnresolved(value) ? null : value;
}
