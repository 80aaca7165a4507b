import { Construct } from "constructs";
import { Problems } from "../../blueprint/problems";
import { isHostName, isRepositoryPath } from "./image-reference";

/** A registry, by the names that clients know it by. */
export interface IDockerRegistry {
  /** As image references begin: `registry.acme.example:5000`. */
  readonly endpoint: string;
  /** `https://` and the endpoint. */
  readonly url: string;
  /**
   * The name of a repository there, as {@link DockerImageProps.repository} takes it.
   *
   * @param name - path inside the registry, for example `risk/serving`
   * @throws InvalidInputError when it is no such path
   */
  repository(name: string): string;
}

/** A registry that somebody else runs. */
export interface ExistingDockerRegistryProps {
  /** Name or address that its certificate is for. */
  readonly host: string;
  /**
   * TCP port.
   * @default 443
   */
  readonly port?: number;
  /**
   * Whether it is served without TLS. Passwords and images can then be read and changed on the way.
   * @default false
   */
  readonly insecurePlainHttp?: boolean;
}

/** A registry that is there already; nothing of it is made or changed. */
export class ExistingDockerRegistry extends Construct implements IDockerRegistry {
  public readonly endpoint: string;
  public readonly url: string;

  /** @throws InvalidInputError naming everything that is wrong with the props */
  public constructor(scope: Construct, id: string, props: ExistingDockerRegistryProps) {
    const plain = props.insecurePlainHttp ?? false;
    const usual = plain ? 80 : 443;
    const port = props.port ?? usual;
    const problems = new Problems();
    checkHost(props.host, problems);
    checkPort(port, problems);
    problems.throwIfAny(`DockerRegistry "${id}"`);
    super(scope, id);
    this.endpoint = endpointOf(props.host, port === usual ? undefined : port);
    this.url = `${plain ? "http" : "https"}://${this.endpoint}`;
  }

  public repository(name: string): string {
    return repositoryAt(this.endpoint, name);
  }
}

export function checkHost(host: string, problems: Problems): void {
  if (isHostName(host)) return;
  problems.add(
    "host",
    host,
    "is not a host's name or address",
    'Write what the certificate is for, without protocol and port: "registry.acme.example".',
  );
}

export function checkPort(port: number, problems: Problems): void {
  if (Number.isInteger(port) && port >= 1 && port <= 65535) return;
  problems.add("port", port, "is not a TCP port", "Give a whole number from 1 to 65535.");
}

/** @param port - left out where it goes without saying */
export function endpointOf(host: string, port: number | undefined): string {
  return port === undefined ? host : `${host}:${String(port)}`;
}

export function repositoryAt(endpoint: string, name: string): string {
  const problems = new Problems();
  if (!isRepositoryPath(name)) {
    problems.add(
      "name",
      name,
      "is not a path inside a registry",
      'Use small letters, digits, dots, dashes and slashes, without host and tag: "risk/serving".',
    );
  }
  problems.throwIfAny(`repository of ${endpoint}`);
  return `${endpoint}/${name}`;
}
