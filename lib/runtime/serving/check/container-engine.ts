import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Variables } from "../../command-context";
import { answeringProgram } from "../../processes/answering-program";
import { BrokenEnvironmentError } from "../../refusals";

const run = promisify(execFile);

const engines = ["docker", "podman"] as const;

/** The command line of docker or podman, whichever answers; `DOCKER_HOST` and the like are theirs to read. */
export class ContainerEngine {
  /** @throws BrokenEnvironmentError when neither answers */
  public static async find(env: Variables): Promise<ContainerEngine> {
    const program = await answeringProgram(engines, env);
    if (program !== null) return new ContainerEngine(program, env);
    throw new BrokenEnvironmentError(
      `no container engine answers (${engines.join(", ")})`,
      "Install one, or start its daemon; DOCKER_HOST names one elsewhere.",
    );
  }

  private constructor(
    public readonly program: string,
    private readonly env: Variables,
  ) {}

  /** What the engine printed. @throws BrokenEnvironmentError with the end of what it said when it fails */
  public async call(args: readonly string[]): Promise<string> {
    try {
      const { stdout } = await run(this.program, args, { env: { ...this.env }, maxBuffer: 64 * 1024 * 1024 });
      return stdout.trim();
    } catch (error) {
      const said = (error as { readonly stderr?: string }).stderr?.trim().split("\n").slice(-3).join(" ") ?? "";
      throw new BrokenEnvironmentError(
        `${this.program} ${args[0]!} failed: ${said === "" ? (error as Error).message : said}`,
        `Run it by hand: ${this.program} ${args.join(" ")}`,
      );
    }
  }

  /** The end of what a container printed, on both of its streams. */
  public async logs(container: string): Promise<string> {
    const { stdout, stderr } = await run(this.program, ["logs", "--tail", "50", container], { env: { ...this.env } });
    return stdout + stderr;
  }

  /** What {@link call} gives, `null` where it fails. */
  public async attempt(args: readonly string[]): Promise<string | null> {
    return await this.call(args).catch((error: unknown) => {
      if (error instanceof BrokenEnvironmentError) return null;
      throw error;
    });
  }
}

/** As a pod under the restricted Pod Security Standard runs a container, with a root file system that nobody writes. */
export const restrictedFlags: readonly string[] = [
  "--read-only",
  ...["--tmpfs", "/tmp"],
  ...["--user", "65532:65532"],
  ...["--cap-drop", "ALL"],
  ...["--security-opt", "no-new-privileges"],
];

/** Starts a container whose port is published on a free port of the loopback interface; the engine prints its id. */
export function runDetached(
  image: string,
  port: number,
  flags: readonly string[],
  settings: Variables,
): readonly string[] {
  const variables = Object.entries(settings).flatMap(([name, value]) => ["--env", `${name}=${value ?? ""}`]);
  return ["run", "--detach", "--publish", `127.0.0.1::${port}`, ...flags, ...variables, image];
}
