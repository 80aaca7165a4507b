import { createHash } from "node:crypto";
import { baseSystem, type Credentials, LoopbackRegistry } from "../container-engine";

const CREDENTIALS: Credentials = { username: "delivery", password: "k3ys-of-the-package-job" };
const REPOSITORY = "acme/insurance-risk";

/** Two registries, as a company has them: one with base images for everybody, one that knows the package job and the platform alone. */
export class ImageRegistry {
  public static async start(): Promise<ImageRegistry> {
    const bases = await LoopbackRegistry.start();
    const base = bases.push(`oci:${baseSystem().layout}:base`, "library/python:3.11");
    return new ImageRegistry(await LoopbackRegistry.start({ auth: CREDENTIALS }), bases, base);
  }

  private constructor(
    private readonly registry: LoopbackRegistry,
    private readonly bases: LoopbackRegistry,
    /** The base system, by its digest. */
    public readonly base: string,
  ) {}

  public readonly credentials = CREDENTIALS;

  public get host(): string {
    return this.registry.host;
  }

  /** Where the delivery pushes. */
  public get repository(): string {
    return `${this.registry.host}/${REPOSITORY}`;
  }

  /** Bytes of the manifest or index under a tag or digest, held against the digest that the registry answers with. */
  public async manifest(reference: string): Promise<Buffer> {
    const answer = await this.get(`manifests/${reference}`);
    const bytes = Buffer.from(await answer.arrayBuffer());
    const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
    if (answer.headers.get("docker-content-digest") !== digest) throw new Error(`${reference} has other bytes`);
    return bytes;
  }

  /** The signed statement that is attached to an image, as any client finds it: by the referrers tag of the OCI specification. */
  public async statementAbout(image: string): Promise<Buffer> {
    const index = await this.document<{ manifests: Descriptor[] }>(image.replace(":", "-"));
    const attached = index.manifests.find(({ artifactType }) => artifactType === "application/vnd.in-toto+json");
    const { layers } = await this.document<{ layers: Descriptor[] }>(attached!.digest);
    return Buffer.from(await (await this.get(`blobs/${layers[0]!.digest}`)).arrayBuffer());
  }

  public async stop(): Promise<void> {
    await this.registry.stop();
    await this.bases.stop();
  }

  private async document<T>(reference: string): Promise<T> {
    return JSON.parse((await this.manifest(reference)).toString("utf8")) as T;
  }

  private async get(path: string): Promise<Response> {
    const { username, password } = CREDENTIALS;
    const answer = await fetch(`${this.registry.url}/v2/${REPOSITORY}/${path}`, {
      headers: {
        Authorization: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`,
        Accept: "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json",
      },
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  }
}

interface Descriptor {
  readonly digest: string;
  readonly artifactType?: string;
}
