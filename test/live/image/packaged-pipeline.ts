import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { PackagingDocument } from "../../../lib/blueprint/pipeline/pipeline-document";
import type { TrustedSigner } from "../../../lib/blueprint/identity";
import type { Called } from "../../runtime/a-model-repository";
import { GatedPipeline } from "../../runtime/promotion/a-gated-model";
import { pythonWith } from "../../tools";
import { baseSystem, LoopbackRegistry } from "../container-engine";

/** What a server is asked, and what scikit-learn alone answers. */
export interface Asked {
  readonly request: string;
  readonly predictions: readonly number[];
}

export const user = { username: "ada", password: "a registry password" } as const;

/** Milliseconds; no boundary that a histogram has by chance. */
export const LATENCY_LIMIT = 173;

const LOCK = join("test", "tools", "python", "serving.lock.txt");

/** A model repository whose model was trained and gated by the real commands, and a registry with a password for its images. */
export class PackagedPipeline {
  /** @throws ToolMissingError for {@link describeWith} */
  public static required() {
    return { Registry: LoopbackRegistry.required(), base: baseSystem(), python: pythonWith("serving") };
  }

  public static async start(changes: Partial<PackagingDocument> = {}): Promise<PackagedPipeline> {
    const { Registry, base, python } = PackagedPipeline.required();
    const registry = await Registry.start({ auth: user });
    try {
      const reference = registry.push(`oci:${base.layout}:base`, "base/python:3.11");
      const packaging: PackagingDocument = {
        base: { kind: "image", reference: reference.replace("@", ":3.11@"), lockFile: null },
        repository: `${registry.host}/models/risk`,
        platforms: ["linux/amd64"],
        server: null,
        files: [],
        ...changes,
      };
      const pipeline = new GatedPipeline("risk", "http://127.0.0.1:9", 0.7, {
        pipeline: {
          python: { version: "3.11", manager: "pip", lockFile: "requirements.txt" },
          commands: { lint: null, test: null, train: "python train.py", predict: null },
          packaging,
        },
        serving: {
          errorRate: 0.01,
          latency: {
            quantile: 0.95,
            atMostMillis: LATENCY_LIMIT,
            smokeAtMostMillis: 3 * LATENCY_LIMIT,
            atRequestsPerSecond: 5,
            atRowsPerRequest: 1,
          },
        },
      });
      const packaged = new PackagedPipeline(pipeline, packaging, registry, dirname(python));
      await packaged.train();
      return packaged;
    } catch (error) {
      await registry.stop();
      throw error;
    }
  }

  /** Content digest of the trained model. */
  public model = "";
  public asked: Asked = { request: "", predictions: [] };

  private constructor(
    private readonly pipeline: GatedPipeline,
    public readonly packaging: PackagingDocument,
    public readonly registry: LoopbackRegistry,
    private readonly programs: string,
  ) {}

  public get folder(): string {
    return this.pipeline.repository.folder;
  }

  public get signer(): TrustedSigner {
    return (JSON.parse(this.pipeline.env.SLIPWAY_SIGNERS!) as TrustedSigner[])[0]!;
  }

  /** What the job that packages has in its environment; packages are kept in the cache of whoever runs the tests. */
  public get env(): Readonly<Record<string, string>> {
    return {
      ...this.pipeline.env,
      ...packageIndexes(),
      HOME: homedir(),
      DOCKER_CONFIG: join(this.folder, "no-docker"),
      SLIPWAY_REGISTRY: this.registry.host,
      SLIPWAY_REGISTRY_USERNAME: user.username,
      SLIPWAY_REGISTRY_PASSWORD: user.password,
    };
  }

  /** Calls the command in this process, at a given day. */
  public async slipway(args: readonly string[], env: Record<string, string> = {}, day?: string): Promise<Called> {
    const { repository } = this.pipeline;
    const now = repository.now;
    if (day !== undefined) repository.now = new Date(day);
    try {
      return await repository.slipway(args, { ...this.env, ...env });
    } finally {
      repository.now = now;
    }
  }

  /** Runs `build` and `package`. @returns the reference by digest @throws Error with what they said when one fails */
  public async package(env: Record<string, string> = {}, day?: string): Promise<string> {
    for (const command of ["build", "package"]) {
      const called = await this.slipway([command], env, day);
      if (called.exitCode !== 0) throw new Error(`slipway ${command}: ${called.exitCode}\n${called.stderr}`);
      if (command === "package") return called.document.reference as string;
    }
    throw new Error("unreachable");
  }

  /** Describes the packaging otherwise, as a pipeline synthesized anew would. */
  public describe(packaging: Partial<PackagingDocument>): void {
    const { repository } = this.pipeline;
    const { manifest } = repository;
    const pipeline = { ...manifest.pipeline, packaging: { ...this.packaging, ...packaging } };
    repository.write(`.slipway/${manifest.pipeline.name}.json`, JSON.stringify({ ...manifest, pipeline }));
  }

  public write(path: string, content: string | Buffer): void {
    this.pipeline.repository.write(path, content);
  }

  public read(path: string): string {
    return readFileSync(join(this.folder, path), "utf8");
  }

  /** Makes it another model, which passed its gate as well. */
  public async changeModel(note: string): Promise<void> {
    this.pipeline.repository.put("model", "note.txt", note);
    this.model = await this.pipeline.repository.digest("model");
    await this.pipeline.evidenceAbout(this.model, "none");
  }

  /** A copy of the repository and what its jobs handed over, for somebody else to package the same from. */
  public copyTo(folder: string): void {
    cpSync(this.folder, folder, { recursive: true });
    rmSync(join(folder, ".slipway-run", "current", "image"), { recursive: true, force: true });
    rmSync(join(folder, ".slipway-run", "current", "parts"), { recursive: true, force: true });
  }

  public async stop(): Promise<void> {
    await this.registry.stop();
    this.pipeline.repository.remove();
  }

  private async train(): Promise<void> {
    const { repository } = this.pipeline;
    const rows = mkdtempSync(join(tmpdir(), "slipway-rows-"));
    try {
      const [request, predictions] = [join(rows, "request.json"), join(rows, "predictions.json")];
      const training = join(repository.work, "training", "training.parquet");
      mkdirSync(dirname(training), { recursive: true });
      const written = [training, request, predictions];
      execFileSync(join(this.programs, "python"), [join(__dirname, "rows.py"), ...written], { stdio: "pipe" });
      this.asked = {
        request: `{"dataframe_split": ${readFileSync(request, "utf8")}}`,
        predictions: JSON.parse(readFileSync(predictions, "utf8")) as number[],
      };
    } finally {
      rmSync(rows, { recursive: true });
    }
    repository.write("train.py", readFileSync(join(__dirname, "train.py")));
    repository.write("requirements.txt", readFileSync(LOCK));
    const { exitCode, stderr } = await repository.slipway(["train"], {
      PATH: `${this.programs}:${process.env.PATH ?? ""}`,
    });
    if (exitCode !== 0) throw new Error(`slipway train: ${exitCode}\n${stderr}`);
    this.model = await repository.digest("model");
    await this.pipeline.evidenceAbout(this.model, "none");
  }
}

/** Where this machine gets packages from, where that is not said in files. */
function packageIndexes(): Record<string, string> {
  const names = [
    "UV_DEFAULT_INDEX",
    "UV_INDEX_URL",
    "PIP_INDEX_URL",
    "SSL_CERT_FILE",
    "PIP_CERT",
    "HTTPS_PROXY",
    "NO_PROXY",
  ];
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}
