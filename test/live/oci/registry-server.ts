import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { goTool, ToolMissingError } from "../../tools";
import { freePort, ServerProcess } from "../server-process";

/** A real registry on a free port of the loopback interface, with its content in a folder of its own. */
export class RegistryServer {
  private constructor(
    private readonly process: ServerProcess,
    private readonly folder: string,
    /** For example `127.0.0.1:5000`. */
    public readonly host: string,
    public readonly credentials: { readonly username: string; readonly password: string } | null,
  ) {}

  /** CNCF distribution as Debian packages it: Basic authentication by htpasswd, no referrers API. @throws ToolMissingError */
  public static async distribution(program: string): Promise<RegistryServer> {
    const { folder, port, host } = await place();
    const storage = join(folder, "storage");
    mkdirSync(storage);
    // bcrypt of the password below.
    writeFileSync(join(folder, "htpasswd"), "ada:$2b$05$abcdefghijklmnopqrstuutzTeq0qVHW6Clx6gLo8rDRO5a3cAd82\n");
    const config = {
      version: 0.1,
      storage: { filesystem: { rootdirectory: storage } },
      http: { addr: host, secret: "of this test" },
      auth: { htpasswd: { realm: "registry", path: join(folder, "htpasswd") } },
    };
    // YAML is a superset of JSON.
    writeFileSync(join(folder, "config.yml"), JSON.stringify(config));
    const process = await start("docker-registry", program, ["serve", join(folder, "config.yml")], folder, port);
    return new RegistryServer(process, folder, host, { username: "ada", password: "a registry password" });
  }

  /** The registry of go-containerregistry: anybody may do anything, with the referrers API. @throws ToolMissingError */
  public static async crane(): Promise<RegistryServer> {
    const { folder, port, host } = await place();
    const process = await start("crane", goTool("crane"), ["registry", "serve", "--address", host], folder, port);
    return new RegistryServer(process, folder, host, null);
  }

  /** What a job needs in its environment to use this registry, and finds no other credentials. */
  public get env(): Readonly<Record<string, string>> {
    const { credentials } = this;
    if (credentials === null) return { HOME: this.folder };
    return {
      HOME: this.folder,
      SLIPWAY_REGISTRY: this.host,
      SLIPWAY_REGISTRY_USERNAME: credentials.username,
      SLIPWAY_REGISTRY_PASSWORD: credentials.password,
    };
  }

  public async stop(): Promise<void> {
    await this.process.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A program of the machine's packages, which tests use where it is there. @throws ToolMissingError */
export function programOnPath(name: string): string {
  const found = spawnSync(name, ["--version"], { encoding: "utf8" });
  if (found.error !== undefined) throw new ToolMissingError(name, "it is not on the path");
  return name;
}

async function place(): Promise<{ folder: string; port: number; host: string }> {
  const port = await freePort();
  return { folder: mkdtempSync(join(tmpdir(), "slipway-registry-")), port, host: `127.0.0.1:${port}` };
}

async function start(name: string, program: string, args: readonly string[], folder: string, port: number) {
  return ServerProcess.start({
    name,
    program,
    args,
    env: {},
    cwd: folder,
    healthUrl: `http://127.0.0.1:${port}/${name === "crane" ? "v2/" : ""}`,
    logFile: join(folder, "server.log"),
  });
}
