import { resolve } from "node:path";
import type { Variables } from "../../command-context";
import { digestFolder } from "../../handoff/folder-digest";
import { shellCommand } from "../../user-code/user-command";
import { defaultServerCommand, defaultServerEnvironment } from "../default-server";
import { modelExamples, type ModelExamples } from "../model-examples";
import { readPayloadFile } from "../payload-file";
import { checkServing, toldSettings, type CheckPlan, type CheckResult } from "./check-run";
import { ContainerEngine } from "./container-engine";
import { imageChecks } from "./image-checks";
import { imageFacts } from "./image-facts";
import { imageTarget, withModelOf } from "./image-target";
import { processTarget } from "./process-target";
import { readOnlyCheck } from "./read-only-check";
import { urlTarget } from "./url-target";

/** What a user wants to have checked. */
export interface CheckOrder {
  /** One of these; none: the default server with the model folder. */
  readonly image: string | undefined;
  readonly command: string | undefined;
  readonly url: string | undefined;
  /** Folder; of an image its own where none is given. */
  readonly model: string | undefined;
  /** File of example requests; else they come from the model. */
  readonly payloads: string | undefined;
  /** Where commands run and paths begin. */
  readonly directory: string;
  readonly env: Variables;
  readonly settings: Pick<CheckPlan, "pipeline" | "latencyLimit" | "grace" | "memoryRequests" | "startSeconds">;
}

/**
 * Checks what was ordered.
 *
 * @throws InvalidInputError when no example requests can be had
 * @throws BrokenEnvironmentError when no container engine answers
 */
export async function checkOrdered(order: CheckOrder): Promise<readonly CheckResult[]> {
  const { image, url, settings } = order;
  if (image !== undefined) return await checkImage(image, order);
  const examples = await examplesFor(order, order.model);
  if (url !== undefined) {
    const digest =
      order.model === undefined ? null : (await digestFolder(resolve(order.directory, order.model))).digest;
    return await checkServing({ ...settings, ...examples, latencyLimit: null, target: urlTarget(url, digest) });
  }
  const target = await processTarget({
    argv: order.command === undefined ? defaultServerCommand : shellCommand(order.command),
    directory: order.directory,
    modelFolder: resolve(order.directory, order.model!),
    env: order.env,
    added: order.command === undefined ? defaultServerEnvironment(order.env) : {},
  });
  return await checkServing({ ...settings, ...examples, target });
}

async function checkImage(image: string, order: CheckOrder): Promise<readonly CheckResult[]> {
  const { settings } = order;
  const engine = await ContainerEngine.find(order.env);
  const facts = await imageFacts(engine, image);
  const examples =
    order.payloads === undefined && order.model === undefined
      ? await withModelOf(engine, image, facts, async (folder) => await examplesFor(order, folder))
      : await examplesFor(order, order.model);
  return await checkServing({
    ...settings,
    ...examples,
    target: imageTarget(engine, image, facts),
    further: (started) => [
      imageChecks(facts),
      readOnlyCheck(engine, image, toldSettings(settings), started, settings.startSeconds),
    ],
  });
}

/** Payloads that were given, held against the signature of the model where there is one. */
async function examplesFor({ payloads, directory }: CheckOrder, model: string | undefined): Promise<ModelExamples> {
  const folder = model === undefined ? undefined : resolve(directory, model);
  if (payloads === undefined) return await modelExamples(folder!);
  const columns = folder === undefined ? [] : (await modelExamples(folder).catch(() => ({ columns: [] }))).columns;
  return { columns, requests: await readPayloadFile(resolve(directory, payloads)) };
}
