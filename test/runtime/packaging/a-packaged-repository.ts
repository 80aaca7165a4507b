import { mkdirSync, mkdtempSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { PackagingDocument, PipelineDocument } from "../../../lib/blueprint/pipeline/pipeline-document";
import { LayoutDestination } from "../../../lib/runtime/oci/layout/layout-destination";
import type { Called, ModelRepository } from "../a-model-repository";
import { type BaseTraits, putBase } from "../oci/a-base-image";
import { GatedPipeline } from "../promotion/a-gated-model";
import { cacheFolder } from "../../tools";

export interface PackagedRepositoryProps {
  /** Folder below which everything stands. */
  readonly below: string;
  /** Content of the lock file. */
  readonly lock: string;
  /** Address of the package index. */
  readonly index: string;
  readonly base?: BaseTraits;
}

/** A model repository up to the gate, with a base in an OCI image layout and a package index on this machine: no server, no engine. */
export class PackagedRepository {
  /** Writes the base, trains by a shell script, and puts evidence beside the model. */
  public static async make({ below, lock, index, base }: PackagedRepositoryProps): Promise<PackagedRepository> {
    const folder = mkdtempSync(join(below, "packaged-"));
    const layout = join(folder, "base");
    const destination = new LayoutDestination(layout);
    const manifest = await putBase(destination, base);
    await destination.publish(manifest, "3.11");
    const cache = join(folder, "cache", "slipway");
    mkdirSync(cache, { recursive: true });
    symlinkSync(cacheFolder("packaging-tools"), join(cache, "python"));
    const packaging: PackagingDocument = {
      base: { kind: "image", reference: `oci:${layout}@${manifest.descriptor.digest}`, lockFile: null },
      repository: null,
      platforms: ["linux/amd64"],
      server: "python3 serve.py",
      files: ["serve.py"],
    };
    const gated = new GatedPipeline("risk", "http://127.0.0.1:9", 0.7, {
      pipeline: {
        python: { version: "3.11", manager: "pip", lockFile: "requirements.txt" },
        commands: { lint: null, test: null, train: "sh train.sh", predict: null },
        packaging,
      },
    });
    const made = new PackagedRepository(gated, packaging, layout, {
      ...gated.env,
      HOME: folder,
      XDG_CACHE_HOME: join(folder, "cache"),
      UV_DEFAULT_INDEX: index,
    });
    made.repository.write("requirements.txt", lock);
    made.repository.write("serve.py", "print('serving')\n");
    made.repository.write("train.sh", 'echo weights > "$SLIPWAY_MODEL_DIR/weights"\n');
    made.repository.put("training", "training.parquet", "rows");
    const { exitCode, stderr } = await made.repository.slipway(["train"]);
    if (exitCode !== 0) throw new Error(stderr);
    await gated.evidenceAbout(await made.repository.digest("model"), "none");
    return made;
  }

  private constructor(
    public readonly gated: GatedPipeline,
    private readonly packaging: PackagingDocument,
    /** Folder of the base. */
    public readonly layout: string,
    /** What the job that packages has in its environment. */
    public readonly variables: Readonly<Record<string, string>>,
  ) {}

  public get repository(): ModelRepository {
    return this.gated.repository;
  }

  /** Describes the packaging otherwise, as a pipeline synthesized anew would. */
  public describe(packaging: Partial<PackagingDocument>): void {
    this.describePipeline({ packaging: { ...this.packaging, ...packaging } });
  }

  public describePipeline(changes: Partial<PipelineDocument>): void {
    const { manifest } = this.repository;
    const pipeline = { ...manifest.pipeline, ...changes };
    this.repository.write(`.slipway/${pipeline.name}.json`, JSON.stringify({ ...manifest, pipeline }));
  }

  public async build(env: Readonly<Record<string, string>> = {}): Promise<Called> {
    return await this.repository.slipway(["build"], { ...this.variables, ...env });
  }

  /** `package` alone, of what was built before. */
  public async packageOnly(env: Readonly<Record<string, string>> = {}): Promise<Called> {
    return await this.repository.slipway(["package"], { ...this.variables, ...env });
  }

  /** What `package` says after `build`, or `build` where that fails. */
  public async package(env: Readonly<Record<string, string>> = {}): Promise<Called> {
    const built = await this.build(env);
    return built.exitCode === 0 ? await this.packageOnly(env) : built;
  }
}
