import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Variables } from "../command-context";
import { runProcess } from "../processes/child-process";
import { freePort } from "../processes/free-port";
import { BrokenEnvironmentError } from "../refusals";

/** An MLflow server that lives as long as one run; what it holds stays in its folder. */
export interface EmbeddedMlflow {
  readonly uri: string;
  /** Ends the server and waits until it is gone. */
  stop(): Promise<void>;
}

export interface EmbeddedMlflowOptions {
  /** Folder of an environment's programs, with mlflow in it. */
  readonly programs: string;
  /** Holds database and artifacts over all runs of a repository. */
  readonly folder: string;
  readonly env: Variables;
  readonly log: string;
  readonly signal: AbortSignal;
}

/** Milliseconds that a server may take until it answers, on a slow machine with a cold disk. */
const PATIENCE = 180_000;
const ASK_EVERY = 150;

/**
 * Starts MLflow on a free port of the loopback interface, on SQLite.
 *
 * @throws BrokenEnvironmentError when it ends or does not answer
 */
export async function startEmbeddedMlflow(options: EmbeddedMlflowOptions): Promise<EmbeddedMlflow> {
  await mkdir(options.folder, { recursive: true });
  const port = await freePort();
  const stop = new AbortController();
  const running = runProcess(serverCommand(options, port), {
    directory: options.folder,
    // MLflow's own job runners need gigabytes and would outlive the server.
    env: { ...options.env, MLFLOW_SERVER_ENABLE_JOB_EXECUTION: "false", MLFLOW_DISABLE_TELEMETRY: "true" },
    log: options.log,
    signal: stop.signal,
  });
  const life = { ended: false };
  void running.then(() => (life.ended = true));
  const server: EmbeddedMlflow = {
    uri: `http://127.0.0.1:${port}`,
    stop: async () => {
      stop.abort();
      await running;
    },
  };
  const deadline = Date.now() + PATIENCE;
  while (!(await answers(server.uri))) {
    if (life.ended || options.signal.aborted || Date.now() > deadline) {
      await server.stop();
      throw new BrokenEnvironmentError(
        `the embedded MLflow server ${life.ended ? "ended by itself" : "does not answer"}`,
        `Read ${options.log}, or use a server of your own: set MLFLOW_TRACKING_URI.`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY));
  }
  return server;
}

/** How the same server is started by hand, to look at runs and models afterwards. */
export function serverCommand(
  { programs, folder }: Pick<EmbeddedMlflowOptions, "programs" | "folder">,
  port: number,
): readonly string[] {
  return [
    join(programs, "mlflow"),
    ...["server", "--host", "127.0.0.1", "--port", String(port), "--workers", "1"],
    ...["--backend-store-uri", `sqlite:///${join(folder, "mlflow.db")}`],
    ...["--artifacts-destination", join(folder, "artifacts")],
  ];
}

async function answers(uri: string): Promise<boolean> {
  return fetch(`${uri}/health`).then(
    (response) => response.ok,
    () => false,
  );
}
