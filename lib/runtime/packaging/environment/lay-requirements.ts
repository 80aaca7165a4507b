import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { keptFolder, type KeptFolder, type LayOptions, type Making } from "../kept-folder";
import { settleContestedFiles } from "./contested-files";
import { type LockedRequirements, requirementsText } from "./locked-requirements";
import { layWheels } from "./lay-wheels";
import { type PackagingTools, packagingToolsLock } from "./packaging-tools";
import type { WheelTarget } from "./wheel-target";
import { withoutMachine } from "./without-machine";

/**
 * A folder of site packages for another machine, made from wheels whose hashes are stated and from nothing else. Everything about it
 * follows from the requirements, the target and uv's version; nothing of it from the machine it was made on.
 *
 * @throws RefusedError `wheel-missing`, `wheel-hash-mismatch`
 * @throws BrokenEnvironmentError when an index does not answer
 */
export async function layRequirements(
  { requirements, sources }: LockedRequirements,
  target: WheelTarget,
  tools: PackagingTools,
  options: LayOptions,
): Promise<KeptFolder> {
  const toolsLock = await readFile(packagingToolsLock, "utf8");
  const ingredients = [requirementsText(requirements), target.platform, target.python, toolsLock];
  return await keptFolder("environments", ingredients, { ...options, python: tools.python }, async (making) => {
    const laying = { target, sources, tools, options };
    await layWheels(requirements, making.folder, making, laying);
    await settleContestedFiles(making.folder, async (name) => {
      const folder = await folderFor(name, making);
      await layWheels(
        requirements.filter((each) => each.name === name),
        folder,
        making,
        laying,
      );
      return folder;
    });
    await withoutMachine(making.folder);
  });
}

async function folderFor(name: string, { scratch }: Making): Promise<string> {
  const folder = join(scratch, "alone", name);
  await mkdir(folder, { recursive: true });
  return folder;
}
