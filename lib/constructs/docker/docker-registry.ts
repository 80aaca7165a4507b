import { Container } from "@cdktf/provider-docker/lib/container";
import { Image } from "@cdktf/provider-docker/lib/image";
import { Volume } from "@cdktf/provider-docker/lib/volume";
import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { checkRegistry } from "./checked-registry";
import type { IDockerImage } from "./docker-image";
import {
  endpointOf,
  ExistingDockerRegistry,
  type ExistingDockerRegistryProps,
  type IDockerRegistry,
  repositoryAt,
} from "./existing-registry";
import { escaped } from "./image-labels";
import { providerOf } from "./provider-of";
import { ownerSettings, registrySettings, restrictedContainer } from "./registry-container";

/** What a registry on a Docker host is. Its secrets are files of that host: Terraform knows their paths, never their content. */
export interface DockerRegistryProps {
  /** Name of the container; the volume is `<name>-data`. */
  readonly name: string;
  /** The registry's image by digest, for example `docker.io/library/registry@sha256:...`. */
  readonly image: string | IDockerImage;
  /**
   * Absolute path on the Docker host of the certificate with its chain, in PEM. Readable for {@link user}.
   * @default none; then {@link insecurePlainHttp} has to be said
   */
  readonly certificatePath?: string;
  /**
   * Absolute path on the Docker host of the certificate's private key, in PEM. Readable for {@link user} and nobody else.
   * @default none; then {@link insecurePlainHttp} has to be said
   */
  readonly keyPath?: string;
  /** Absolute path on the Docker host of the users and their passwords' bcrypt hashes (`htpasswd -B`). Readable for {@link user}. */
  readonly htpasswdPath: string;
  /**
   * Serves without TLS, on the loopback interface only, for example behind a proxy of the same host.
   * @default false
   */
  readonly insecurePlainHttp?: boolean;
  /**
   * Address of the Docker host that it listens on.
   * @default "127.0.0.1"
   */
  readonly address?: string;
  /**
   * TCP port that it listens on.
   * @default 5000
   */
  readonly port?: number;
  /**
   * The name that clients use and the certificate is for.
   * @default the address
   */
  readonly host?: string;
  /**
   * What becomes of the images when the registry is destroyed: with `retain` Terraform refuses to destroy the volume.
   * @default "retain"
   */
  readonly removalPolicy?: "retain" | "destroy";
  /**
   * Whether clients may delete images. Nothing ever goes otherwise.
   * @default false
   */
  readonly allowDeletion?: boolean;
  /**
   * User and group that the registry runs as, by number.
   * @default "65532:65532"
   */
  readonly user?: string;
  /**
   * The most memory it takes, in megabytes.
   * @default 512
   */
  readonly memoryMegabytes?: number;
  /**
   * Program and arguments, run in the container, that succeed while the registry is well.
   * @default wget asks the registry's own health page, as the official image can
   */
  readonly healthCheck?: readonly string[];
  /**
   * Labels of the container and the volume.
   * @default none besides `slipway.construct`
   */
  readonly labels?: Readonly<Record<string, string>>;
  /**
   * The provider to use; its `host` is where the registry runs.
   * @default the stack's Docker provider
   */
  readonly provider?: TerraformProvider;
}

/**
 * A registry of images on a Docker host, with TLS and passwords, as a user without rights on a read-only file system.
 *
 * @example
 * const registry = new DockerRegistry(this, "registry", {
 *   name: "registry",
 *   image: "docker.io/library/registry@sha256:...",
 *   host: "registry.acme.example",
 *   address: "0.0.0.0",
 *   certificatePath: "/etc/registry/tls.crt",
 *   keyPath: "/etc/registry/tls.key",
 *   htpasswdPath: "/etc/registry/htpasswd",
 * });
 */
export class DockerRegistry extends Construct implements IDockerRegistry {
  /**
   * A registry that is there already, whoever runs it.
   *
   * @throws InvalidInputError naming everything that is wrong with the props
   */
  public static fromExistingRegistry(
    scope: Construct,
    id: string,
    props: ExistingDockerRegistryProps,
  ): ExistingDockerRegistry {
    return new ExistingDockerRegistry(scope, id, props);
  }

  public readonly endpoint: string;
  public readonly url: string;
  /** The registry's program on the Docker host. */
  public readonly image: Image;
  /** Holds the images. */
  public readonly volume: Volume;
  /** Gives the volume to the registry's user, once, and ends. */
  public readonly volumeOwner: Container;
  /** The registry. */
  public readonly container: Container;

  /** @throws InvalidInputError naming everything that is wrong with the props */
  public constructor(scope: Construct, id: string, props: DockerRegistryProps) {
    checkRegistry(id, props);
    super(scope, id);
    this.endpoint = endpointOf(props.host ?? hostOf(props.address ?? "127.0.0.1"), props.port ?? 5000);
    this.url = `${props.insecurePlainHttp === true ? "http" : "https"}://${this.endpoint}`;
    const labels = Object.entries({ "slipway.construct": this.node.path, ...escaped(props.labels ?? {}) }).map(
      ([label, value]) => ({ label, value }),
    );
    // Kept on the host: another container may use the same program.
    const program = typeof props.image === "string" ? props.image : props.image.imageRef;
    this.image = new Image(this, "image", { name: program, keepLocally: true, ...providerOf(props) });
    this.volume = new Volume(this, "data", {
      name: `${props.name}-data`,
      labels,
      ...((props.removalPolicy ?? "retain") === "retain" && { lifecycle: { preventDestroy: true } }),
      ...providerOf(props),
    });
    this.volumeOwner = new Container(this, "data-owner", {
      ...restrictedContainer,
      ...ownerSettings(props.user ?? "65532:65532"),
      name: `${props.name}-data-owner`,
      image: this.image.imageId,
      mounts: [{ type: "volume", source: this.volume.name, target: "/data" }],
      labels,
      ...providerOf(props),
    });
    this.container = new Container(this, "container", {
      ...restrictedContainer,
      ...registrySettings(props, this.volume.name),
      name: props.name,
      image: this.image.imageId,
      labels,
      dependsOn: [this.volumeOwner],
      ...providerOf(props),
    });
  }

  public repository(name: string): string {
    return repositoryAt(this.endpoint, name);
  }
}

/** An address as it stands in URLs. */
function hostOf(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}
