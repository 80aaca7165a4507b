import { spawnSync } from "node:child_process";
import { randomBytes, randomInt } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { cacheFolder } from "../../tools";
import { runProgram, ToolMissingError } from "../../tools/run-program";
import { ServerProcess } from "../server-process";
import { needCapabilities, needPrograms } from "./debian-programs";
import { engineName, removeEngine } from "./engine-remains";

/** What a hardened deployment gives a container; every image that Slipway makes must run with it. */
export const restrictedRunFlags = [
  "--read-only",
  ...["--user", "65532:65532"],
  ...["--cap-drop", "ALL"],
  ...["--security-opt", "no-new-privileges"],
] as const;

/**
 * A real container engine (dockerd with a containerd of its own) that shares nothing with one the machine may have: its own
 * socket, data, control group and bridge, and no rule in the machine's packet filter. Containers publish ports on the loopback
 * interface (`-p 127.0.0.1:8080:8080`) or run with `--network host`; they do not reach the internet unless they do the latter.
 */
export class ContainerEngine {
  private constructor(
    /** All of this engine's files; also what everything else of it is found by (see `engineRemains`). */
    public readonly folder: string,
    private readonly daemon: ServerProcess,
  ) {
    process.once("exit", this.endWithTheTests);
  }

  /** A test run that breaks off leaves nothing behind either. */
  private readonly endWithTheTests = (): void => {
    removeEngine(this.folder);
  };

  /** @throws ToolMissingError when an engine cannot be had here: for {@link describeWith} */
  public static required(): typeof ContainerEngine {
    needCapabilities("a container engine");
    needPrograms("a container engine", ["dockerd", "containerd", "docker", "ip"]);
    return ContainerEngine;
  }

  /** Starts an engine and resolves once it answers. */
  public static async start(): Promise<ContainerEngine> {
    ContainerEngine.required();
    removeAbandonedEngines();
    // The name says whose it is (see abandoned), and stays below the 15 letters that an interface's name may have.
    const folder = join(enginesFolder(), `sw${String(process.pid)}x${randomBytes(2).toString("hex")}`);
    mkdirSync(folder);
    try {
      addBridge(engineName(folder));
      return new ContainerEngine(folder, await startDaemon(folder));
    } catch (error) {
      removeEngine(folder);
      throw error;
    }
  }

  /** What belongs into DOCKER_HOST, or into a provider's `host`. */
  public get host(): string {
    return `unix://${socketOf(this.folder)}`;
  }

  /** Environment in which a client talks to this engine, with no configuration or credentials of the user's. */
  public get env(): Record<string, string> {
    return { DOCKER_HOST: this.host, DOCKER_CONFIG: join(this.folder, "client"), DOCKER_BUILDKIT: "0" };
  }

  /** Folder for what a test mounts into containers; it goes with the engine. */
  public get files(): string {
    const folder = join(this.folder, "files");
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  public get log(): string {
    return this.daemon.log;
  }

  /** Runs the client to its end and returns what it printed. @throws Error with its output when it fails */
  public docker(...args: readonly string[]): string {
    const result = this.tryDocker(...args);
    if (result.status !== 0) throw new Error(`docker ${args.join(" ")}: ${String(result.status)}\n${result.output}`);
    return result.stdout.trim();
  }

  /** Runs the client to its end, whatever comes of it. */
  public tryDocker(...args: readonly string[]): ClientResult {
    const { status, stdout, stderr, error } = spawnSync("docker", args, {
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
      env: { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "", ...this.env },
    });
    if (error !== undefined) throw error;
    return { status: status ?? 1, stdout, output: `${stdout}${stderr}` };
  }

  /** Takes an image out of an OCI layout (or any other of skopeo's places) under a local name. */
  public load(source: string, name: string): void {
    needPrograms("loading an image", ["skopeo"]);
    const copy = ["--insecure-policy", "copy", "--quiet", "--dest-daemon-host", this.host];
    runProgram("skopeo", "skopeo", [...copy, source, `docker-daemon:${name}`]);
  }

  /** Removes every container, ends the engine, and leaves no process, mount, interface, control group or file behind. */
  public async stop(): Promise<void> {
    const containers = this.docker("ps", "--all", "--quiet").split("\n").filter(Boolean);
    if (containers.length > 0) this.docker("rm", "--force", "--volumes", ...containers);
    await this.daemon.stop();
    removeEngine(this.folder);
    process.removeListener("exit", this.endWithTheTests);
  }
}

export interface ClientResult {
  readonly status: number;
  readonly stdout: string;
  /** Both streams. */
  readonly output: string;
}

/** Overlay file systems are fast; where the kernel has none, plain copies do. */
async function startDaemon(folder: string): Promise<ServerProcess> {
  try {
    return await startDaemonWith(folder, "overlay2");
  } catch (error) {
    if (!String(error).includes("driver not supported")) throw error;
    return startDaemonWith(folder, "vfs");
  }
}

async function startDaemonWith(folder: string, storageDriver: string): Promise<ServerProcess> {
  const configuration = join(folder, "daemon.json");
  const settings = {
    "data-root": join(folder, "data"),
    "exec-root": join(folder, "run"),
    pidfile: join(folder, "pid"),
    hosts: [`unix://${socketOf(folder)}`],
    "storage-driver": storageDriver,
    bridge: engineName(folder),
    "cgroup-parent": `/${engineName(folder)}`,
    // Published ports go through the daemon's own proxy: nothing in the machine's packet filter or routing changes.
    iptables: false,
    ip6tables: false,
    "ip-forward": false,
  };
  writeFileSync(configuration, JSON.stringify(settings));
  return ServerProcess.start({
    name: "dockerd",
    program: "dockerd",
    args: ["--config-file", configuration],
    env: {},
    cwd: folder,
    healthUrl: () => pings(socketOf(folder)),
    logFile: join(folder, "log"),
  });
}

async function pings(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const ping = request({ socketPath, path: "/_ping" }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    ping.once("error", () => {
      resolve(false);
    });
    ping.end();
  });
}

/** A bridge in the network that is set apart for measuring devices (RFC 2544), where no real one is in the way. */
function addBridge(name: string): void {
  const taken = runProgram("ip", "ip", ["-o", "-4", "address"]);
  let network: string;
  do network = `198.${String(randomInt(18, 20))}.${String(randomInt(256))}`;
  while (taken.includes(` ${network}.`));
  runProgram("a bridge", "ip", ["link", "add", name, "type", "bridge"]);
  runProgram("a bridge", "ip", ["address", "add", `${network}.1/24`, "dev", name]);
  runProgram("a bridge", "ip", ["link", "set", name, "up"]);
}

function enginesFolder(): string {
  const folder = cacheFolder("engine");
  // A Unix socket's path has 107 characters at most, and containerd's lies three folders deep.
  if (folder.length > 50)
    throw new ToolMissingError("a container engine", `${folder} is too long a path for its sockets`);
  return folder;
}

function socketOf(folder: string): string {
  return join(folder, "socket");
}

/** Engines whose test run was killed before it could end them. */
function removeAbandonedEngines(): void {
  for (const name of readdirSync(enginesFolder())) {
    if (abandoned(name)) removeEngine(join(enginesFolder(), name));
  }
}

function abandoned(name: string): boolean {
  const owner = /^sw(\d+)x/.exec(name)?.[1];
  return owner === undefined || !existsSync(join("/proc", owner));
}
