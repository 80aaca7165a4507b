import { appendFile, mkdir, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { HandoffName } from "../../jobs/job";
import type { Variables } from "../command-context";
import { BrokenEnvironmentError } from "../refusals";
import type { WorkFolder } from "../work-folder";
import { digestFolder } from "./folder-digest";

/** What one command gives to the jobs after it. */
export interface Outputs {
  readonly command: string;
  readonly handoffs: Readonly<Partial<Record<HandoffName, string>>>;
  readonly values: Readonly<Record<string, string>>;
}

/**
 * Digests the folders that a command filled and writes the outputs: lines of `$GITHUB_OUTPUT` where there is one, and always
 * `outputs/<job>.json` in the working folder.
 */
export async function writeOutputs(
  job: string,
  command: string,
  gives: readonly HandoffName[],
  values: Readonly<Record<string, string>>,
  work: WorkFolder,
  env: Variables,
): Promise<Outputs> {
  const handoffs: Partial<Record<HandoffName, string>> = {};
  for (const name of gives) handoffs[name] = (await digestFolder(work.handoff(name))).digest;
  const outputs: Outputs = { command, handoffs, values };
  const file = work.outputs(job);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.part`, `${JSON.stringify(outputs, null, 2)}\n`);
  await rename(`${file}.part`, file);
  if (env.GITHUB_OUTPUT !== undefined && env.GITHUB_OUTPUT !== "") {
    await appendFile(
      env.GITHUB_OUTPUT,
      Object.entries({ ...handoffs, ...values })
        .map(outputLine)
        .join(""),
    );
  }
  return outputs;
}

/** A value with a line break could start an output of its own. */
function outputLine([name, value]: [string, string]): string {
  if (/[\r\n]/.test(value)) {
    throw new BrokenEnvironmentError(`output ${name} holds a line break`, "Report this; outputs are single lines.");
  }
  return `${name}=${value}\n`;
}
