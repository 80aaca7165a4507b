import { DataDockerRegistryImage } from "@cdktf/provider-docker/lib/data-docker-registry-image";
import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { Problems } from "../../blueprint/problems";
import type { IDockerImage } from "./docker-image";
import { parseImageReference } from "./image-reference";
import { providerOf } from "./provider-of";

/** An image that somebody else builds. */
export interface ExistingDockerImageProps {
  /** With a digest, which is taken as it is, or a tag, which is looked up when the plan is made. */
  readonly reference: string;
  /**
   * The provider to look a tag up with; its `registryAuth` says how to log in.
   * @default the stack's Docker provider
   */
  readonly provider?: TerraformProvider;
}

/** An image that is in its registry already. */
export class ExistingDockerImage extends Construct implements IDockerImage {
  public readonly repository: string;
  public readonly digest: string;
  /** What the registry says of the tag; `undefined` where a digest was given. */
  public readonly lookup: DataDockerRegistryImage | undefined;

  /** @throws InvalidInputError when the reference has neither tag nor digest, or is none */
  public constructor(scope: Construct, id: string, props: ExistingDockerImageProps) {
    const parsed = parseImageReference(props.reference);
    const problems = new Problems();
    if (parsed === null || (parsed.tag === undefined && parsed.digest === undefined)) {
      problems.add(
        "reference",
        props.reference,
        "is not a reference with a tag or a digest",
        'Write "registry.acme.example/risk/serving:1.4", or better the digest: "...@sha256:...".',
      );
      problems.throwIfAny(`DockerImage "${id}"`);
    }
    super(scope, id);
    const { repository, digest } = parsed!;
    this.repository = repository;
    this.lookup =
      digest === undefined
        ? new DataDockerRegistryImage(this, "lookup", { name: props.reference, ...providerOf(props) })
        : undefined;
    this.digest = digest ?? this.lookup!.sha256Digest;
  }

  public get imageRef(): string {
    return `${this.repository}@${this.digest}`;
  }
}
