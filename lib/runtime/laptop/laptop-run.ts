import { rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { policyDigest } from "../../blueprint/policy/quality-policy";
import type { Line } from "../../blueprint/pipeline/pipeline-document";
import type { Job } from "../../jobs/job";
import { Variable } from "../../jobs/variables";
import type { Variables } from "../command-context";
import { digestFolder } from "../handoff/folder-digest";
import type { LoadedManifest } from "../manifest/load-manifest";
import { KEPT_AS_LAYOUT } from "../packaging/image-place";
import { type LocalPython, localPython } from "../python/python-environment";
import { BrokenEnvironmentError } from "../refusals";
import { type EmbeddedMlflow, serverCommand, startEmbeddedMlflow } from "./embedded-mlflow";
import { jobEnvironment, type LaptopValues } from "./job-environment";
import { inputsDigest, repositoryDigest } from "./job-inputs";
import { handoffDigests, type JobWork, workOff } from "./job-work";
import { laptopKey, type LaptopKey } from "./laptop-key";
import { Preparation, tasksOf } from "./preparation";
import type { JobRecord, RunFolder } from "./run-folder";
import { schedule } from "./scheduler";
import { type Ending, succeeded, type Task, type TaskStatus } from "./task";
import { cacheFolder } from "../user-folders";

export interface LaptopRunOptions {
  readonly line: Line;
  /** The jobs of that line to run, in its order. */
  readonly jobs: readonly Job[];
  /** Environments that the user lets promotion into. */
  readonly approved: readonly string[];
  readonly folder: RunFolder;
  /** How the jobs of the run that is resumed stood; empty for a new one. */
  readonly earlier: Readonly<Record<string, JobRecord>>;
  readonly slipway: readonly string[];
  readonly env: Variables;
  readonly signal: AbortSignal;
  readonly changed: (statuses: readonly TaskStatus[]) => void;
}

export interface LaptopRunResult {
  readonly statuses: readonly TaskStatus[];
  readonly key: LaptopKey;
  /** Address of the store that models, evidence and records went to. */
  readonly store: string;
  /** How to look at runs and models afterwards; `null` where the user's own server was used. */
  readonly lookAtMlflow: readonly string[] | null;
}

/** Runs jobs of a pipeline on this machine: the same jobs as in the CI, as processes of the same command. */
export async function runOnLaptop(loaded: LoadedManifest, options: LaptopRunOptions): Promise<LaptopRunResult> {
  const run = new LaptopRun(loaded, options, await laptopKey(options.env), await repositoryDigest(loaded.repository));
  return await run.toItsEnd();
}

class LaptopRun {
  private readonly jobs: ReadonlyMap<string, Job>;
  private readonly inputs = new Map<string, string | null>();
  private readonly variables: Record<string, string>;
  private readonly work: JobWork;
  private python: LocalPython | null = null;
  private serverPrograms: string | null = null;
  private server: EmbeddedMlflow | null = null;

  public constructor(
    private readonly loaded: LoadedManifest,
    private readonly options: LaptopRunOptions,
    private readonly key: LaptopKey,
    private readonly repositoryDigest: string,
  ) {
    const { manifest, repository, path } = loaded;
    this.jobs = new Map(options.jobs.map((job) => [job.id, job] as const));
    this.variables = {
      [Variable.store]: pathToFileURL(localStore(loaded)).href,
      [Variable.signers]: JSON.stringify([key.signer]),
      [Variable.acceptedPolicies]: JSON.stringify({
        gate: [policyDigest(manifest.policy, "gate")],
        serving: [policyDigest(manifest.policy, "serving")],
      }),
      // A laptop pushes to the platform's registry only when its user says so.
      [Variable.images]: KEPT_AS_LAYOUT,
    };
    this.work = {
      pipeline: manifest.pipeline.name,
      repository,
      manifestPath: path,
      folder: options.folder,
      slipway: options.slipway,
      signal: options.signal,
    };
  }

  public async toItsEnd(): Promise<LaptopRunResult> {
    const { options } = this;
    const needsServer = (options.env[Variable.trackingUri] ?? "") === "";
    const tasks = tasksOf([...this.jobs.values()], needsServer, options.approved);
    let record = Promise.resolve();
    try {
      const statuses = await schedule(tasks, {
        limit: availableParallelism(),
        perform: (task) => this.perform(task),
        changed: (now) => {
          options.changed(now);
          record = record.then(() => this.record(now));
        },
        signal: options.signal,
        now: Date.now,
      });
      return {
        statuses,
        key: this.key,
        store: options.env[Variable.store] ?? this.variables[Variable.store]!,
        lookAtMlflow:
          this.serverPrograms === null
            ? null
            : serverCommand({ programs: this.serverPrograms, folder: this.mlflowFolder }, 5000),
      };
    } finally {
      await record;
      await this.server?.stop();
    }
  }

  private async perform(task: Task): Promise<Ending> {
    try {
      if (task.id === Preparation.python) return await this.preparePython();
      if (task.id === Preparation.mlflow) return await this.prepareMlflow();
      return await this.performJob(this.jobs.get(task.id)!);
    } catch (error) {
      if (this.options.signal.aborted) return { state: "cancelled", note: null, exitCode: null };
      const exitCode = error instanceof BrokenEnvironmentError ? 5 : 1;
      const note = error instanceof BrokenEnvironmentError ? `${error.message}. ${error.remedy}` : String(error);
      return { state: "failed", note, exitCode };
    }
  }

  private async preparePython(): Promise<Ending> {
    const { python, root } = this.loaded.manifest.pipeline;
    this.python = await localPython(python, join(this.loaded.repository, root), this.environments(Preparation.python));
    return { state: this.python.cached ? "kept" : "passed", note: this.python.note, exitCode: null };
  }

  private async prepareMlflow(): Promise<Ending> {
    const lock = { version: "3.11", manager: "pip", lockFile: "mlflow-server.lock.txt" } as const;
    const options = this.environments(Preparation.mlflow);
    const { programs } = await localPython(lock, __dirname, options);
    this.serverPrograms = programs;
    this.server = await startEmbeddedMlflow({ ...options, programs, folder: this.mlflowFolder });
    this.variables[Variable.trackingUri] = this.server.uri;
    return { state: "passed", note: this.server.uri, exitCode: null };
  }

  private get mlflowFolder(): string {
    return join(this.loaded.repository, ".slipway-run", "mlflow");
  }

  private environments(task: string) {
    const { env, signal, folder } = this.options;
    return { cache: join(cacheFolder(env), "python"), env, log: folder.log(task), signal };
  }

  private async performJob(job: Job): Promise<Ending> {
    if (
      job.onlyIf !== null &&
      (await this.options.folder.outputs(job.onlyIf.job))?.values[job.onlyIf.name] !== "true"
    ) {
      return { state: "skipped", note: `${job.onlyIf.job} found nothing due`, exitCode: null };
    }
    if (job.stage === "verify" && (this.options.env[Variable.serviceUrl] ?? "") === "") {
      return {
        state: "skipped",
        note: `nothing is served here; ${Variable.serviceUrl} names a server`,
        exitCode: null,
      };
    }
    const handoffs = await handoffDigests([...job.takes, ...job.cites], this.options.folder);
    const inputs = inputsDigest(job, {
      manifestDigest: this.loaded.digest,
      handoffs,
      repository: this.repositoryDigest,
    });
    this.inputs.set(job.id, inputs);
    if (await this.isStillTrue(job, inputs))
      return { state: "kept", note: "kept from the earlier run", exitCode: null };
    await rm(this.options.folder.log(job.id), { force: true });
    await rm(this.options.folder.summary(job.id), { force: true });
    const usesPython = job.steps.some(({ kind }) => kind === "install-python");
    const env = jobEnvironment(job, this.values, {
      work: this.options.folder.work,
      manifestDigest: this.loaded.digest,
      summary: this.options.folder.summary(job.id),
      pythonPrograms: usesPython ? (this.python?.programs ?? null) : null,
    });
    return await workOff(job, env, this.work);
  }

  private get values(): LaptopValues {
    return { user: this.options.env, signingKey: this.key.privateKey, variables: this.variables };
  }

  /** A job of the earlier run counts when it succeeded from the same inputs and what it gave is still there, unchanged. */
  private async isStillTrue(job: Job, inputs: string | null): Promise<boolean> {
    const earlier = this.options.earlier[job.id];
    if (inputs === null || earlier?.inputs !== inputs || !succeeded(earlier.state)) return false;
    const outputs = await this.options.folder.outputs(job.id);
    for (const name of job.gives) {
      const found = await digestFolder(join(this.options.folder.work, name)).catch(() => null);
      if (found === null || found.digest !== outputs?.handoffs[name]) return false;
    }
    return true;
  }

  private async record(statuses: readonly TaskStatus[]): Promise<void> {
    const jobs = statuses
      .filter(({ task }) => this.jobs.has(task.id))
      .map(({ task, state }) => [task.id, { state, inputs: this.inputs.get(task.id) ?? null }] as const);
    await this.options.folder.write({
      pipeline: this.work.pipeline,
      line: this.options.line,
      jobs: { ...this.options.earlier, ...Object.fromEntries(jobs) },
    });
  }
}

/** A laptop writes into a bucket of the platform only when its user says so by SLIPWAY_STORE. */
function localStore({ manifest, repository }: LoadedManifest): string {
  const { store } = manifest.pipeline;
  return resolve(repository, store?.kind === "directory" ? store.path : ".slipway-store");
}
