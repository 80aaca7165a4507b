import type { CommandModule } from "./command-module";

/** A command before it is loaded: enough for `slipway --help`, so that asking for help loads none of them. */
export interface ListedCommand {
  /** Also the name of its file in this folder. */
  readonly name: string;
  readonly summary: string;
}

/** Every command, in the order of a pipeline, then those that people call. */
export const commandList: readonly ListedCommand[] = [
  { name: "acquire", summary: "fetch the data snapshot that a run is about" },
  { name: "validate-data", summary: "hold the data snapshot against its contract" },
  { name: "detect", summary: "look whether new data or drift calls for a retraining" },
  { name: "split", summary: "cut the held-out part off the data, by key and time" },
  { name: "baseline", summary: "fetch the production and anchor models to compare with, by digest" },
  { name: "train", summary: "run the training command and record what it was given and what it declared" },
  { name: "predict", summary: "score the held-out rows with each model, without labels or keys" },
  { name: "gate", summary: "measure the model on held-out rows, judge it by the policy, sign what was found" },
  { name: "build", summary: "collect what an image takes from the repository, or build its Dockerfile" },
  { name: "package", summary: "put the gated model into an image that serves it" },
  { name: "register", summary: "register the gated model and its evidence" },
  { name: "promote", summary: "verify the evidence and promote the model into an environment" },
  {
    name: "verify",
    summary: "measure the promoted model where an environment serves it, and sign the latency verdict",
  },
  { name: "latency", summary: "measure a server under the load its latency is promised for" },
  { name: "handoff", summary: "pack or unpack a folder that one job hands to another, by digest" },
  { name: "run", summary: "run the whole pipeline on this machine" },
  { name: "evidence", summary: "show evidence, or verify it against accepted policies and signers" },
  { name: "serving", summary: "check a model server against the serving contract, or start the default one" },
  { name: "runtime-image", summary: "put this command into an image, for jobs that run in a cluster" },
  { name: "keys", summary: "create, install, rotate and revoke signing and hand-off keys" },
];

/** Loads one command; the others stay unread. */
export function loadCommand(listed: ListedCommand): CommandModule {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- a command is loaded when it is called, not when the list is read
  return (require(`./${listed.name}`) as { readonly command: CommandModule }).command;
}
