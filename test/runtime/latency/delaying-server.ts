import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, ServerProcess } from "../../live/server-process";

/** How the server delays its answers; `injected-delays.mjs` says what each kind does. */
export type Behaviour =
  | { readonly kind: "constant" | "failing"; readonly millis: number }
  | { readonly kind: "bimodal"; readonly millis: number; readonly slowMillis: number; readonly every: number }
  | { readonly kind: "stalls"; readonly millis: number; readonly every: number; readonly stallMillis: number };

/** A server of known delays, in a process of its own, that keeps its own record of them. */
export class DelayingServer {
  private constructor(
    private readonly process: ServerProcess,
    private readonly folder: string,
    public readonly url: URL,
  ) {}

  public static async start(behaviour: Behaviour): Promise<DelayingServer> {
    const folder = mkdtempSync(join(tmpdir(), "slipway-latency-"));
    const port = await freePort();
    const address = `http://127.0.0.1:${port}`;
    const server = await ServerProcess.start({
      name: "server of injected delays",
      program: process.execPath,
      args: [join(__dirname, "injected-delays.mjs"), String(port), JSON.stringify(behaviour)],
      env: {},
      cwd: folder,
      healthUrl: `${address}/health`,
      logFile: join(folder, "server.log"),
    });
    return new DelayingServer(server, folder, new URL(`${address}/invocations`));
  }

  /** Runs `work` with a server and stops it. */
  public static async with<T>(behaviour: Behaviour, work: (server: DelayingServer) => Promise<T>): Promise<T> {
    const server = await DelayingServer.start(behaviour);
    try {
      return await work(server);
    } finally {
      await server.stop();
    }
  }

  /** Milliseconds that each request was in the server, rising; how long answers really took there, however busy the machine. */
  public async record(): Promise<Float64Array> {
    const entries = (await (await fetch(new URL("/record", this.url))).json()) as readonly (number | null)[];
    return Float64Array.from(entries.filter((millis) => millis !== null)).sort();
  }

  public async forget(): Promise<void> {
    await fetch(new URL("/record", this.url), { method: "DELETE" });
  }

  public async stop(): Promise<void> {
    await this.process.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
