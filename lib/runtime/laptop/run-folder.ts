import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Line } from "../../blueprint/pipeline/pipeline-document";
import { InvalidInputError } from "../../blueprint/problems";
import type { Outputs } from "../handoff/gives";
import type { TaskState } from "./task";

/** What a run remembers of a job, so that a later one can tell whether it is still true. */
export interface JobRecord {
  readonly state: TaskState;
  /** Digest of everything the job was given; `null` for a job that always runs anew. */
  readonly inputs: string | null;
}

interface RunRecord {
  readonly pipeline: string;
  readonly line: Line;
  readonly jobs: Readonly<Record<string, JobRecord>>;
}

/** The folder of one run on a laptop: working folder, logs, summaries, and how each job stood. */
export class RunFolder {
  /** A new run below `.slipway-run`, named by the time it began. */
  public static async create(repository: string, now: Date): Promise<RunFolder> {
    const stamp = now
      .toISOString()
      .replace(/\.\d+Z$/, "Z")
      .replace(/[-:]/g, "");
    await mkdir(join(repository, ".slipway-run"), { recursive: true });
    for (let n = 1; ; n++) {
      const folder = new RunFolder(join(repository, ".slipway-run", n === 1 ? stamp : `${stamp}-${n}`));
      try {
        await mkdir(folder.path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "EEXIST") continue;
        throw error;
      }
      await folder.makeFolders();
      return folder;
    }
  }

  /**
   * The last run of a pipeline's line: a review leaves a sample behind, which a delivery must not go on with.
   *
   * @throws InvalidInputError when there is none
   */
  public static async latest(repository: string, pipeline: string, line: Line): Promise<RunFolder> {
    const names = (await readdir(join(repository, ".slipway-run")).catch(() => [])).filter((name) =>
      /^\d{8}T/.test(name),
    );
    for (const name of names.sort().reverse()) {
      const folder = new RunFolder(join(repository, ".slipway-run", name));
      const record = await folder.read();
      if (record?.pipeline === pipeline && record.line === line) return folder;
    }
    throw new InvalidInputError("slipway run", [
      {
        path: "--resume",
        value: pipeline,
        says: `has no earlier ${line} run in .slipway-run`,
        remedy: "Leave --resume out to start one.",
      },
    ]);
  }

  private constructor(public readonly path: string) {}

  public get work(): string {
    return join(this.path, "work");
  }

  public log(task: string): string {
    return join(this.path, "logs", `${task}.log`);
  }

  public summary(job: string): string {
    return join(this.path, "summaries", `${job}.md`);
  }

  public async outputs(job: string): Promise<Outputs | null> {
    return readJson<Outputs>(join(this.work, "outputs", `${job}.json`));
  }

  public async jobs(): Promise<Readonly<Record<string, JobRecord>>> {
    return (await this.read())?.jobs ?? {};
  }

  /** Replaces the record in one step, so that a run that is killed leaves a whole one behind. */
  public async write(record: RunRecord): Promise<void> {
    const file = join(this.path, "run.json");
    await writeFile(`${file}.part`, `${JSON.stringify(record, null, 2)}\n`);
    await rename(`${file}.part`, file);
  }

  private async read(): Promise<RunRecord | null> {
    return readJson<RunRecord>(join(this.path, "run.json"));
  }

  private async makeFolders(): Promise<void> {
    for (const name of ["work", "logs", "summaries"]) await mkdir(join(this.path, name), { recursive: true });
  }
}

async function readJson<T>(path: string): Promise<T | null> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as T;
  } catch {
    return null;
  }
}
