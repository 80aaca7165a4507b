import { appendFile, cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Variables } from "../../command-context";
import { digestFolder } from "../../handoff/folder-digest";
import type { RunningServer } from "../running-server";
import { ServerProcess, type ServerCommand } from "../server-process";
import type { ServedTarget } from "./served-target";

/** A command that serves a model folder. */
export async function processTarget(command: Omit<ServerCommand, "modelDigest">): Promise<ServedTarget> {
  const modelDigest = (await digestFolder(command.modelFolder)).digest;
  const start = async (modelFolder: string, settings: Variables): Promise<RunningServer> =>
    await ServerProcess.start({ ...command, modelFolder, modelDigest, added: { ...command.added, ...settings } });
  return {
    name: command.argv.join(" "),
    modelDigest,
    start: async (settings) => await start(command.modelFolder, settings),
    startChanged: async (settings) => {
      const changed = await mkdtemp(join(tmpdir(), "slipway-changed-model-"));
      await cp(command.modelFolder, changed, { recursive: true });
      // A comment in YAML: the model still loads, so that only a look at its digest finds it.
      await appendFile(join(changed, "MLmodel"), "\n# changed\n");
      const server = await start(changed, settings);
      return {
        url: server.url,
        control: server.control,
        stop: async () => {
          await server.stop();
          await rm(changed, { recursive: true, force: true });
        },
      };
    },
  };
}
