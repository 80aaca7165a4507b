import type { RegistryReference } from "../reference";
import type { RegistryHttp, RegistryRequest } from "./registry-http";
import { withRetries } from "../retries";

/** One repository of a registry, as both ends of a copy see it. */
export class Repository {
  public readonly location: string;
  public readonly registry: string;
  public readonly name: string;

  public constructor(
    { registry, repository }: Pick<RegistryReference, "registry" | "repository">,
    private readonly http: RegistryHttp,
    private readonly pauses?: readonly number[],
  ) {
    this.registry = registry;
    this.name = repository;
    this.location = `${registry}/${repository}`;
  }

  public pullScope(): string {
    return `repository:${this.name}:pull`;
  }

  public pushScope(): string {
    return `repository:${this.name}:pull,push`;
  }

  /** Path of something in this repository, for example `manifests/latest`. */
  public path(below: string): string {
    return `/v2/${this.name}/${below}`;
  }

  /** A request with retries. @throws BrokenEnvironmentError */
  public send(request: RegistryRequest): Promise<Response> {
    return this.retrying(() => this.http.send(request));
  }

  /** One attempt, for what is tried again as a whole by {@link retrying}. */
  public sendOnce(request: RegistryRequest): Promise<Response> {
    return this.http.send(request);
  }

  public retrying<T>(work: () => Promise<T>): Promise<T> {
    return withRetries(work, this.pauses);
  }

  /** @throws BrokenEnvironmentError when the address cannot be followed */
  public addressFrom(response: Response): URL {
    return this.http.addressFrom(response.headers.get("location"), response);
  }
}
