import { Problems, type Problem } from "../problems";
import { environmentProblems } from "./environment-rules";
import { graphProblems } from "./graph-rules";
import { checkCommand, checkName, checkRelativePath } from "./names-and-paths";
import { packagingProblems } from "./packaging-rules";
import type { DataSourceDocument, PipelineDocument, StoreDocument } from "./pipeline-document";
import { triggerProblems } from "./trigger-rules";

/** GitHub stops a job of a self-hosted runner after five days; nothing runs longer anywhere. */
const LONGEST_TIMEOUT_MINUTES = 5 * 24 * 60;

/** Everything that is wrong with a pipeline, by the paths of the props it was made from. */
export function checkPipeline(pipeline: PipelineDocument): readonly Problem[] {
  const problems = new Problems();
  checkName(problems, "name", pipeline.name);
  if (pipeline.root !== ".") checkRelativePath(problems, "root", pipeline.root);
  checkCommands(problems, pipeline);
  checkData(problems, pipeline.data);
  checkHeldOut(problems, pipeline);
  checkStore(problems, pipeline);
  checkTimeouts(problems, pipeline);
  problems.addAll(triggerProblems(pipeline.triggers));
  problems.addAll(packagingProblems(pipeline));
  problems.addAll(environmentProblems(pipeline));
  problems.addAll(graphProblems(pipeline));
  return problems.list;
}

function checkCommands(problems: Problems, { commands, customStages }: PipelineDocument): void {
  checkCommand(problems, "train", commands.train);
  if (commands.predict !== null) checkCommand(problems, "train.predict", commands.predict);
  if (commands.lint !== null) checkCommand(problems, "lint", commands.lint);
  if (commands.test !== null) checkCommand(problems, "test", commands.test);
  customStages.forEach(({ run }, index) => {
    checkCommand(problems, `stages[${index}].run`, run);
  });
}

function checkData(problems: Problems, data: DataSourceDocument): void {
  if (data.sample !== null) checkRelativePath(problems, "data.sample", data.sample);
  switch (data.kind) {
    case "file":
      checkRelativePath(problems, "data.path", data.path);
      return;
    case "url":
      if (!URL.canParse(data.url) || !["https:", "file:"].includes(new URL(data.url).protocol)) {
        problems.add("data.url", data.url, "is not an https address", "Give an address that begins with https://.");
      }
      if (!/^[0-9a-f]{64}$/.test(data.sha256)) {
        problems.add(
          "data.sha256",
          data.sha256,
          "is not a SHA-256",
          "Give the 64 lower-case hex digits that `sha256sum` prints for the file.",
        );
      }
      return;
    case "command":
      checkCommand(problems, "data.run", data.run);
      checkRelativePath(problems, "data.output", data.output);
  }
}

function checkHeldOut(problems: Problems, { heldOut }: PipelineDocument): void {
  if (!(heldOut.fraction > 0 && heldOut.fraction < 1)) {
    problems.add("heldOut.fraction", heldOut.fraction, "is not between 0 and 1", "Hold out a share such as 0.2.");
  }
  if (!Number.isSafeInteger(heldOut.seed) || heldOut.seed < 0) {
    problems.add("heldOut.seed", heldOut.seed, "is not a whole number from 0", "Give a whole number such as 1.");
  }
}

function checkStore(problems: Problems, { store, registry, environments }: PipelineDocument): void {
  if (store === null) {
    if (registry !== null || environments.length > 0) {
      problems.add(
        "store",
        store,
        "is missing, and models that are registered or promoted are kept nowhere",
        "Give `Store.s3({ bucket, region })`, or `Store.directory(path)` on a disk that all jobs share.",
      );
    }
    return;
  }
  for (const [path, value] of storeTexts(store)) {
    if (value === "") problems.add(path, value, "is empty", "Give its name.");
  }
}

function storeTexts(store: StoreDocument): readonly (readonly [string, string])[] {
  return store.kind === "directory"
    ? [["store.path", store.path]]
    : [
        ["store.bucket", store.bucket],
        ["store.region", store.region],
      ];
}

function checkTimeouts(problems: Problems, { timeoutMinutes }: PipelineDocument): void {
  for (const [stage, minutes] of Object.entries(timeoutMinutes)) {
    if (!Number.isInteger(minutes) || minutes < 1 || minutes > LONGEST_TIMEOUT_MINUTES) {
      problems.add(
        `timeoutMinutes.${stage}`,
        minutes,
        `is not a whole number of minutes from 1 to ${LONGEST_TIMEOUT_MINUTES}`,
        "Give the longest time the stage may take.",
      );
    }
  }
}
