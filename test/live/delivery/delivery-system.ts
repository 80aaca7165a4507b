import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { TrustedSigner } from "../../../lib/blueprint/identity";
import { createHandoffKeyPair } from "../../../lib/runtime/handoff/sodium";
import { createSigningKeyPair } from "../../../lib/runtime/keys/signing-key-pair";
import { verifiedRecords } from "../../../lib/runtime/records/open-record";
import { type PromotionRecord, readRecords } from "../../../lib/runtime/records/promotion-records";
import { DirectoryStore } from "../../../lib/runtime/store/directory-store";
import { runWorkflow, type WorkflowResult } from "../act";
import { MlflowServer } from "../mlflow-server";
import { ImageRegistry } from "./image-registry";
import { ModelRepository } from "./model-repository";
import type { Redeliver } from "./scenarios";
import { StagingPlatform } from "./staging-platform";
import { type DeliveryUnderTest, synthesizeDelivery } from "./synthesized-delivery";

const WORKFLOW = ".github/workflows/slipway-insurance-risk-delivery.yml";
const REVIEW = ".github/workflows/slipway-insurance-risk-review.yml";
const MODEL = "insurance-risk";

/** Everything around the generated workflow: the model repository, keys, a store that runners share, a live MLflow, a registry, a staging. */
export class DeliverySystem {
  private constructor(
    private readonly folder: string,
    private readonly program: DeliveryUnderTest,
    public readonly repository: ModelRepository,
    private readonly mlflow: MlflowServer,
    public readonly images: ImageRegistry,
    private readonly staging: StagingPlatform,
    private readonly secrets: Readonly<Record<string, string>>,
    private readonly variables: Readonly<Record<string, string>>,
  ) {}

  public static async start(): Promise<DeliverySystem> {
    const folder = mkdtempSync(join(tmpdir(), "slipway-delivery-"));
    execFileSync("npm", ["run", "--silent", "build"]);
    const packed = execFileSync("npm", ["pack", "--silent", "--pack-destination", folder], { encoding: "utf8" });
    const signing = createSigningKeyPair();
    const handoff = await createHandoffKeyPair();
    const images = await ImageRegistry.start();
    const staging = await StagingPlatform.start(images);
    const program = {
      tarball: join(folder, packed.trim()),
      publicPem: signing.publicKey,
      base: images.base,
      servedAt: staging.address,
    };
    const delivery = synthesizeDelivery(program);
    const mlflow = await MlflowServer.start();
    return new DeliverySystem(
      folder,
      program,
      new ModelRepository(delivery.files),
      mlflow,
      images,
      staging,
      {
        SLIPWAY_SIGNING_KEY: signing.privateKey,
        SLIPWAY_HANDOFF_KEY: handoff.key,
        SLIPWAY_REGISTRY_USERNAME: images.credentials.username,
        SLIPWAY_REGISTRY_PASSWORD: images.credentials.password,
      },
      {
        ...delivery.variables,
        SLIPWAY_IMAGES: images.repository,
        MLFLOW_TRACKING_URI: mlflow.uri,
        SLIPWAY_HANDOFF_RECIPIENT: handoff.recipient,
      },
    );
  }

  /** Delivers what the program would be with these changes, without committing it. */
  public readonly redeliver: Redeliver = (changed) => {
    this.repository.deliver(synthesizeDelivery({ ...this.program, ...changed }).files);
  };

  /** Runs the delivery workflow on the repository's HEAD, against the store of that name. */
  public async deliver(store: string): Promise<WorkflowResult> {
    return runWorkflow({
      repository: this.repository.folder,
      workflow: WORKFLOW,
      event: "push",
      secrets: this.secrets,
      variables: { ...this.variables, SLIPWAY_STORE: `file://${this.store(store)}` },
    });
  }

  /** The same, while staging serves what is promoted into it. */
  public async deliverAndServe(store: string): Promise<WorkflowResult> {
    return await this.staging.during(this.store(store), this.trusted, () => this.deliver(store));
  }

  /** Whose signatures count in this delivery's environments. */
  public get trusted(): readonly TrustedSigner[] {
    return JSON.parse(this.variables.SLIPWAY_SIGNERS!) as TrustedSigner[];
  }

  /** The last promotion into an environment, its signature verified. */
  public async promoted(store: string, environment: string): Promise<PromotionRecord | undefined> {
    const directory = new DirectoryStore(this.store(store));
    return (await readRecords(directory, MODEL, environment, verifiedRecords(this.trusted))).at(-1);
  }

  /** Runs the review workflow on the repository's HEAD as a pull request from a fork would: with no secret and no variable. */
  public async review(): Promise<WorkflowResult> {
    return runWorkflow({
      repository: this.repository.folder,
      workflow: REVIEW,
      event: "pull_request",
      secrets: {},
      variables: {},
    });
  }

  /** Everything that stands in a store, as paths. */
  public stored(store: string): readonly string[] {
    const folder = this.store(store);
    return existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: "utf8" }).sort() : [];
  }

  /** Versions of the registered model, newest first; none when nothing was ever registered. */
  public async registered(): Promise<readonly RegisteredVersion[]> {
    const filter = encodeURIComponent(`name='${MODEL}'`);
    const response = await this.mlflow.rest("GET", `model-versions/search?filter=${filter}&max_results=200`);
    const { model_versions } = (await response.json()) as { model_versions?: RegisteredVersion[] };
    return model_versions ?? [];
  }

  /** Version that an alias points to; `null` where there is no such alias. */
  public async alias(name: string): Promise<string | null> {
    const response = await this.mlflow.rest("GET", `registered-models/alias?name=${MODEL}&alias=${name}`);
    if (!response.ok) return null;
    const { model_version } = (await response.json()) as { model_version: RegisteredVersion };
    return model_version.version;
  }

  /** Holds the one evidence file of a store against the signers and policies that promotion accepts. */
  public verifyEvidence(store: string): { readonly status: number | null; readonly output: string } {
    const [evidence] = this.stored(store).filter((path) => /^evidence\/.*\.json$/.test(path));
    const command = [resolve("dist/runtime/main.js"), "evidence", "verify", join(this.store(store), evidence!)];
    const { status, stdout, stderr } = spawnSync(process.execPath, [...command, "--pipeline", MODEL], {
      cwd: this.repository.folder,
      env: { PATH: process.env.PATH, ...this.variables },
      encoding: "utf8",
    });
    return { status, output: stdout + stderr };
  }

  public async stop(): Promise<void> {
    await this.staging.stop();
    await this.images.stop();
    await this.mlflow.stop();
    this.repository.remove();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Folder of the store of that name. */
  public store(name: string): string {
    return join(this.folder, "stores", name);
  }
}

export interface RegisteredVersion {
  readonly version: string;
  readonly tags?: readonly { readonly key: string; readonly value: string }[];
}
