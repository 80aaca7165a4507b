import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ServingPath, ServingVariable } from "../../blueprint/serving/serving-contract";
import type { Variables } from "../command-context";
import { RefusedError } from "../refusals";
import { containedEnding, describeEnding, type Ending } from "../user-code/user-command";
import { predictionEnvironment } from "../user-code/user-environment";
import { freePort } from "../processes/free-port";
import { memoryOfDescendants } from "./process-memory";
import type { RunningServer, ServerControl } from "./running-server";

/** A server to start as a process of this machine. */
export interface ServerCommand {
  readonly argv: readonly string[];
  readonly directory: string;
  readonly modelFolder: string;
  readonly modelDigest: string;
  /** Where PATH and the like come from; secrets and servers of the pipeline are withheld from it, as from a predict command. */
  readonly env: Variables;
  /** Further variables for the server, for example of the serving contract. */
  readonly added?: Variables;
}

/** Bytes kept of what a server prints. */
const KEPT_OUTPUT = 64 * 1024;
const ASK_EVERY = 100;

/**
 * A server as a process: user code with a home folder of its own, on a free port. Processes it leaves running end with it
 * (contain.py), and it ends with this process.
 */
export class ServerProcess implements RunningServer {
  /** Starts it; it is not ready yet. */
  public static async start(command: ServerCommand): Promise<ServerProcess> {
    const home = await mkdtemp(join(tmpdir(), "slipway-server-"));
    const port = await freePort();
    const env = predictionEnvironment(command.env, home, {
      ...command.added,
      [ServingVariable.modelFolder]: command.modelFolder,
      [ServingVariable.modelDigest]: command.modelDigest,
      [ServingVariable.port]: String(port),
    });
    const contain = join(__dirname, "..", "user-code", "contain.py");
    const child = spawn("python3", ["-I", "-S", contain, ...command.argv], {
      cwd: command.directory,
      env: { ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    return new ServerProcess(`http://127.0.0.1:${port}`, child, home);
  }

  public readonly control: ServerControl;
  private printed = "";
  private ending: Ending | null = null;
  private readonly ended: Promise<void>;

  private constructor(
    public readonly url: string,
    private readonly child: ChildProcess,
    private readonly home: string,
  ) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.printed = (this.printed + text).slice(-KEPT_OUTPUT);
      });
    }
    this.ended = new Promise((resolve) => {
      child.once("error", (error) => {
        this.printed += `python3 cannot be started: ${error.message}\n`;
        this.ending ??= { exitCode: 127, signal: null };
        resolve();
      });
      child.once("close", (code, signal) => {
        this.ending ??= containedEnding(code, signal);
        resolve();
      });
    });
    this.control = {
      ending: () => Promise.resolve(this.ending),
      terminate: () => {
        child.kill("SIGTERM");
        return Promise.resolve();
      },
      memoryBytes: async () => (child.pid === undefined ? null : await memoryOfDescendants(child.pid)),
      output: () => Promise.resolve(this.printed),
    };
  }

  /**
   * Waits until the server says that it is ready.
   *
   * @param seconds that it may take
   * @throws RefusedError `server-not-ready` with the end of its output
   */
  public async untilReady(seconds: number): Promise<void> {
    const deadline = Date.now() + seconds * 1000;
    while (!(await isReady(this.url))) {
      if (this.ending === null && Date.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, ASK_EVERY));
        continue;
      }
      const found =
        this.ending === null ? `is not ready after ${seconds} s` : `ended with ${describeEnding(this.ending)}`;
      await this.stop();
      throw new RefusedError(
        "server-not-ready",
        `the server ${found}; the end of its output:\n${this.printed.slice(-2000)}`,
        "Run `slipway serving check`: it says what of the serving contract is broken.",
      );
    }
  }

  public async stop(): Promise<void> {
    // contain.py ends the command and everything below it.
    if (this.ending === null) this.child.kill("SIGQUIT");
    await this.ended;
    await rm(this.home, { recursive: true, force: true });
  }
}

async function isReady(url: string): Promise<boolean> {
  return await fetch(url + ServingPath.ready, { signal: AbortSignal.timeout(5000) }).then(
    (answer) => answer.ok,
    () => false,
  );
}
