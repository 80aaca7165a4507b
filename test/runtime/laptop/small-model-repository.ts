import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { createReadStream, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PipelineDocument } from "../../../lib/blueprint/pipeline/pipeline-document";
import type { ReleaseManifestParts } from "../../../lib/blueprint/manifest/release-manifest";
import { fullParts } from "../../blueprint/manifest/a-release-manifest";
import { writeFiles } from "../write-files";
import { commandFromSources } from "./command-from-sources";

/** What one `slipway run` said and how it ended. */
export interface Ran {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The document of `slipway run --json`. */
export interface RunDocument {
  readonly outcome: string;
  readonly run: string;
  readonly assurance: string;
  /** Absent when the run was broken off. */
  readonly jobs?: readonly { readonly id: string; readonly state: string; readonly note: string | null }[];
}

/** The command that the tests of one file start. */
export const slipwayFromSources = commandFromSources();

/** Whether a payment is late follows from x, but not from x alone. */
const rows = Array.from({ length: 600 }, (_, id) => {
  const x = (id * 37) % 100;
  return { id, x, late: x + ((id * 53) % 71) > 110 ? 1 : 0 };
});

const contract = {
  apiVersion: "v3.1.0",
  kind: "DataContract",
  id: "payments",
  version: "1.0.0",
  status: "active",
  schema: [
    {
      name: "payments",
      properties: [
        { name: "id", logicalType: "integer", required: true, primaryKey: true, primaryKeyPosition: 1 },
        { name: "x", logicalType: "number", required: true },
        {
          name: "late",
          logicalType: "integer",
          required: true,
          customProperties: [{ property: "slipwayRole", value: "target" }],
        },
      ],
    },
  ],
};

const predict = `
const { DuckDBInstance } = require(${JSON.stringify(require.resolve("@duckdb/node-api"))});
const { readFileSync } = require("node:fs");
const { SLIPWAY_MODEL_DIR, SLIPWAY_FEATURES, SLIPWAY_PREDICTIONS } = process.env;
void (async () => {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const score = readFileSync(SLIPWAY_MODEL_DIR + "/score.sql", "utf8");
  const scores = "SELECT slipway_row, CAST(" + score + " AS DOUBLE) AS score FROM read_parquet('" + SLIPWAY_FEATURES + "')";
  await connection.run("COPY (" + scores + ") TO '" + SLIPWAY_PREDICTIONS + "' (FORMAT parquet)");
})();
`;

/**
 * A git repository whose model is one expression of SQL: training copies it, predicting evaluates it with DuckDB. Everything else is
 * real: manifest, contract, data, the command, its processes. Needs no Python package.
 */
export class SmallModelRepository {
  public readonly home = mkdtempSync(join(tmpdir(), "slipway-laptop-"));
  public readonly folder = join(this.home, "repository");
  public readonly env: Record<string, string | undefined>;

  /** @param cache - folder for Python environments, shared by repositories so that theirs is made once */
  public constructor(
    cache: string,
    private readonly pipeline: Partial<PipelineDocument> = {},
    private readonly policy: ReleaseManifestParts["policy"]["gate"]["accuracy"] = [],
  ) {
    const { PATH, HOME } = process.env;
    this.env = { PATH, HOME, LANG: "C.UTF-8", XDG_CACHE_HOME: cache, XDG_CONFIG_HOME: join(this.home, "config") };
    const table = ["id,x,late", ...rows.map(({ id, x, late }) => `${id},${x},${late}`), ""].join("\n");
    this.write({
      "requirements.txt": "# no package\n",
      "data/payments.csv": table,
      "score.sql": "x",
      "predict.js": predict,
      ".gitignore": ".slipway-run/\n.slipway-store/\n",
    });
    this.deliver();
    execFileSync("git", ["init", "--quiet"], { cwd: this.folder });
    this.commit();
  }

  public write(files: Readonly<Record<string, string>>): void {
    writeFiles(this.folder, files);
  }

  /** Writes the manifest, as the platform's program would deliver it. */
  public deliver(change: Partial<PipelineDocument> = {}): void {
    const manifest = {
      kind: "slipway.release-manifest",
      version: 1,
      ...fullParts,
      contract,
      policy: {
        ...fullParts.policy,
        gate: { ...fullParts.policy.gate, accuracy: this.policy, fairness: [] },
      },
      pipeline: {
        ...fullParts.pipeline,
        name: "payments",
        python: { version: "3.11", manager: "pip", lockFile: "requirements.txt" },
        commands: {
          lint: "true",
          test: "true",
          train: 'cp score.sql "$SLIPWAY_MODEL_DIR/"',
          predict: `'${process.execPath}' predict.js`,
        },
        data: { kind: "file", path: "data/payments.csv", sample: "data/payments.csv" },
        heldOut: { fraction: 0.3, from: null, seed: 7 },
        customStages: [],
        triggers: [{ kind: "push" }, { kind: "pullRequest" }],
        environments: [
          { name: "staging", approval: false, service: null, servedAt: null, needsLatencyVerdict: false },
          { name: "production", approval: true, service: null, servedAt: null, needsLatencyVerdict: true },
        ],
        registry: { kind: "mlflow", model: "payments", experiment: "payments" },
        store: { kind: "directory", path: ".slipway-store" },
        signing: { kind: "ed25519" },
        packaging: null,
        interfaceVersion: 1,
        timeoutMinutes: {},
        ...this.pipeline,
        ...change,
      },
    };
    this.write({ ".slipway/payments.json": JSON.stringify(manifest, null, 2) });
  }

  public commit(): void {
    const author = ["-c", "user.name=Data scientist", "-c", "user.email=ds@example.com"];
    execFileSync("git", ["add", "--all"], { cwd: this.folder });
    execFileSync("git", [...author, "commit", "--quiet", "--allow-empty", "-m", "Change"], { cwd: this.folder });
  }

  /** Starts `slipway run` as a process of its own. */
  public start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
    const [program = "", ...first] = slipwayFromSources;
    return new Running(spawn(program, [...first, "run", ...args], { cwd: this.folder, env: { ...this.env, ...env } }));
  }

  public async run(args: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
    return await this.start(args, env).ended;
  }

  /** Runs with `--json` and returns the document, with the states of the jobs by id. */
  public async report(
    args: readonly string[] = [],
  ): Promise<RunDocument & { readonly states: Record<string, string> }> {
    const { stdout, stderr } = await this.run([...args, "--json"]);
    if (stdout === "") throw new Error(stderr);
    const document = JSON.parse(stdout) as RunDocument;
    return { ...document, states: Object.fromEntries((document.jobs ?? []).map(({ id, state }) => [id, state])) };
  }

  public read(path: string): string {
    return readFileSync(join(this.folder, path), "utf8");
  }

  public remove(): void {
    rmSync(this.home, { recursive: true, force: true });
  }
}

/** A `slipway run` under way. */
export class Running {
  public readonly ended: Promise<Ran>;

  public constructor(public readonly process: ChildProcess) {
    let stdout = "";
    let stderr = "";
    process.stdout!.on("data", (text: Buffer) => (stdout += text.toString()));
    process.stderr!.on("data", (text: Buffer) => (stderr += text.toString()));
    this.ended = once(process, "close").then(([exitCode]) => ({ exitCode: exitCode as number | null, stdout, stderr }));
  }
}

/** What a process writes into a named pipe: waits until somebody has written and closed it. */
export async function readPipe(path: string): Promise<string> {
  let text = "";
  for await (const chunk of createReadStream(path, "utf8") as AsyncIterable<string>) text += chunk;
  return text;
}
