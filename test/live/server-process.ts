import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { createServer } from "node:net";

/** How a server is started for tests, and how one sees that it is ready. */
export interface ServerCommand {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  /** The whole environment besides PATH and HOME: nothing of the machine's configuration leaks in. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Answers 200 when the server is ready; or a look of its own at a server that `fetch` cannot ask. */
  readonly healthUrl: string | (() => Promise<boolean>);
  readonly logFile: string;
}

/** A server in a process group of its own, so that its workers end with it. */
export class ServerProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly command: ServerCommand,
  ) {}

  /** Starts the server and resolves once its health check answers. */
  public static async start(command: ServerCommand): Promise<ServerProcess> {
    const log = openSync(command.logFile, "a");
    const child = spawn(command.program, command.args, {
      cwd: command.cwd,
      detached: true,
      stdio: ["ignore", log, log],
      env: { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "", ...command.env },
    });
    closeSync(log);
    // A program that cannot be started shows as one without a process id.
    child.once("error", () => undefined);
    // A test run that breaks off leaves no server behind.
    const server = new ServerProcess(child, command);
    process.once("exit", server.endWithTheTests);
    child.unref();
    await server.ready();
    return server;
  }

  public get log(): string {
    return readFileSync(this.command.logFile, "utf8");
  }

  private readonly endWithTheTests = (): void => {
    this.signal("SIGKILL");
  };

  /** Ends the whole process group and waits until none of it is left. */
  public async stop(): Promise<void> {
    process.removeListener("exit", this.endWithTheTests);
    this.signal("SIGTERM");
    const patience = Date.now() + 10_000;
    while (this.signal(0) && Date.now() < patience) await after(50);
    while (this.signal("SIGKILL")) await after(50);
  }

  /** Whether any process of the group was there to get the signal. */
  private signal(signal: NodeJS.Signals | 0): boolean {
    if (this.child.pid === undefined) return false;
    try {
      process.kill(-this.child.pid, signal);
      return true;
    } catch {
      return false;
    }
  }

  private async ready(): Promise<void> {
    const deadline = Date.now() + 180_000;
    while (!(await answers(this.command.healthUrl))) {
      const ended = this.child.pid === undefined || this.child.exitCode !== null || this.child.signalCode !== null;
      if (ended || Date.now() > deadline) {
        await this.stop();
        throw new Error(`${this.command.name} ${ended ? "ended" : "is not ready after 180 s"}; its log:\n${this.log}`);
      }
      await after(100);
    }
  }
}

/** A TCP port of the loopback interface that was free a moment ago. */
export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => {
        if (address === null || typeof address === "string") reject(new Error("no port was given"));
        else resolve(address.port);
      });
    });
  });
}

async function answers(url: ServerCommand["healthUrl"]): Promise<boolean> {
  if (typeof url === "function") return url();
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(5_000) })).ok;
  } catch {
    return false;
  }
}

/** Polling interval of health checks; nothing is asserted about it. */
async function after(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
