import { DEFAULT_SERVING_PORT, ServingVariable } from "../../../blueprint/serving/serving-contract";
import type { Variables } from "../../command-context";
import { constants } from "node:os";
import type { Ending } from "../../user-code/user-command";
import type { RunningServer, ServerControl } from "../running-server";
import { runDetached, type ContainerEngine } from "./container-engine";

/** A server in a container. */
export class ContainerServer implements RunningServer {
  public static async start(
    engine: ContainerEngine,
    image: string,
    flags: readonly string[],
    settings: Variables,
  ): Promise<ContainerServer> {
    const told = { ...settings, [ServingVariable.port]: String(DEFAULT_SERVING_PORT) };
    const id = await engine.call(runDetached(image, DEFAULT_SERVING_PORT, flags, told));
    // One that has ended at once publishes nothing: its address then leads nowhere, as it should.
    const published = await engine.attempt(["port", id, `${DEFAULT_SERVING_PORT}/tcp`]);
    const address = published?.split("\n")[0] ?? "127.0.0.1:9";
    return new ContainerServer(`http://${address}`, engine, id);
  }

  public readonly control: ServerControl;

  private constructor(
    public readonly url: string,
    private readonly engine: ContainerEngine,
    private readonly id: string,
  ) {
    this.control = {
      ending: async () => endingOf(await engine.call(["inspect", "--format", "{{json .State}}", id])),
      terminate: async () => {
        await engine.call(["kill", "--signal", "SIGTERM", id]);
      },
      memoryBytes: async () => bytesOf(await engine.call(["stats", "--no-stream", "--format", "{{.MemUsage}}", id])),
      output: async () => await engine.logs(id),
    };
  }

  public async stop(): Promise<void> {
    await this.engine.call(["rm", "--force", "--volumes", this.id]);
  }
}

function endingOf(state: string): Ending | null {
  const { Running, Status, ExitCode } = JSON.parse(state) as Record<string, unknown>;
  if (Running === true || Status === "created" || typeof ExitCode !== "number") return null;
  if (ExitCode <= 128) return { exitCode: ExitCode, signal: null };
  const found = Object.entries(constants.signals).find(([, number]) => number === ExitCode - 128);
  return { exitCode: null, signal: (found?.[0] ?? null) as NodeJS.Signals | null };
}

const units: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
};

/** `12.3MiB / 1GiB`: what is used, of what may be. */
function bytesOf(usage: string): number | null {
  const [, amount, unit = ""] = /^([\d.]+)\s*([A-Za-z]+)/.exec(usage) ?? [];
  const factor = units[unit];
  return amount === undefined || factor === undefined ? null : Number(amount) * factor;
}
