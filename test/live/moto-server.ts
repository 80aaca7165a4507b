import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pythonProgram } from "../tools";
import { freePort, ServerProcess } from "./server-process";

/** S3 and KMS as moto simulates them, in memory, on a free port of the loopback interface. */
export class MotoServer {
  private constructor(
    private readonly process: ServerProcess,
    private readonly folder: string,
    public readonly endpoint: string,
  ) {}

  /** What a client needs in its environment; moto accepts any key. */
  public readonly credentials = {
    AWS_ACCESS_KEY_ID: "moto",
    AWS_SECRET_ACCESS_KEY: "moto",
    AWS_REGION: "us-east-1",
  } as const;

  public static async start(): Promise<MotoServer> {
    const folder = mkdtempSync(join(tmpdir(), "slipway-moto-"));
    const port = await freePort();
    const endpoint = `http://127.0.0.1:${port}`;
    const process = await ServerProcess.start({
      name: "moto",
      program: pythonProgram("moto", "moto_server"),
      args: ["--host", "127.0.0.1", "--port", String(port)],
      env: {},
      cwd: folder,
      healthUrl: `${endpoint}/moto-api/`,
      logFile: join(folder, "server.log"),
    });
    return new MotoServer(process, folder, endpoint);
  }

  public async createBucket(name: string): Promise<void> {
    const response = await fetch(`${this.endpoint}/${name}`, { method: "PUT" });
    if (!response.ok) throw new Error(`moto did not create bucket ${name}: ${await response.text()}`);
  }

  public get log(): string {
    return this.process.log;
  }

  public async stop(): Promise<void> {
    await this.process.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
