import { resolve } from "node:path";
import { DEFAULT_SERVING_PORT, ServingVariable } from "../../blueprint/serving/serving-contract";
import type { CommandContext } from "../command-context";
import { digestFolder } from "../handoff/folder-digest";
import { loadManifestIfAny } from "../manifest/load-manifest";
import { BrokenEnvironmentError, RefusedError } from "../refusals";
import { describeResults, resultDocuments, resultTable } from "../serving/check/check-report";
import { checkOrdered } from "../serving/check/checked-server";
import { defaultServerCommand, defaultServerEnvironment } from "../serving/default-server";
import { describeEnding, runUserCommand } from "../user-code/user-command";
import type { Arguments } from "./arguments";
import type { CommandModule, CommandResult } from "./command-module";

/** Seconds; a limit that no server has as a boundary by chance. */
const LIMIT_WITHOUT_POLICY = 0.137;
/** Seconds from SIGTERM to the end, of a server under check. */
const GRACE = 10;
const START_SECONDS = 180;
const MEMORY_REQUESTS = 1000;

export const command: CommandModule = {
  name: "serving",
  summary: "check a model server against the serving contract, or start the default one",
  description: `check says everything of the serving contract that a server breaks, whoever wrote it: an image, run as a restricted pod
would run it; a command (--command) that serves a model folder (--model); or a server that runs already (--url), of which only its
answers can be checked. With nothing but --model, the default server is checked, with the Python on the PATH.

Example requests are the model's input example, else made up from its signature, else those of --payloads: one JSON request a line,
or {"request": {...}, "predictions": [...]} where the scores are known. A release manifest is read when there is one, for the latency
limit of its policy. Exits 3 when anything is broken.

start serves a model folder (--model) with the default server and the Python on the PATH, until it gets a signal. That Python has to
have the model's packages and prometheus_client.`,
  manifest: "none",
  arguments: [
    { name: "action", summary: "what to do", choices: ["check", "start"] },
    { name: "image", summary: "the image to check", required: false },
  ],
  options: [
    { name: "command", value: "text", summary: "shell command that starts the server to check" },
    { name: "url", value: "url", summary: "address of a running server to check" },
    { name: "model", value: "folder", summary: "the model folder" },
    { name: "payloads", value: "file", summary: "example requests, JSON lines" },
    { name: "requests", value: "number", summary: `requests of the look at memory (default: ${MEMORY_REQUESTS})` },
    { name: "port", value: "number", summary: `where start listens (default: ${DEFAULT_SERVING_PORT})` },
  ],
  async run(context, args) {
    return args.argument("action") === "start" ? await start(context, args) : await check(context, args);
  },
};

async function check({ env, out, repository }: CommandContext, args: Arguments): Promise<CommandResult> {
  const [image, command, url] = [args.optionalArgument("image"), args.text("command"), args.text("url")];
  const [model, payloads] = [args.text("model"), args.text("payloads")];
  if ([image, command, url].filter((each) => each !== undefined).length > 1) {
    throw args.wrong(
      "[image]",
      image,
      "is one of several things to check",
      "Give an image, --command or --url, not two.",
    );
  }
  if (image === undefined && model === undefined && (url === undefined || payloads === undefined)) {
    throw args.wrong("--model", model, "is missing", "Name the model folder, or --payloads beside --url.");
  }
  const loaded = await loadManifestIfAny(
    { path: args.text("manifest"), pipeline: args.text("pipeline") },
    repository,
    env,
  );
  const limit = loaded?.manifest.policy.serving?.latency?.atMostMillis;
  const results = await checkOrdered({
    ...{ image, command, url, model, payloads, env, directory: repository },
    settings: {
      pipeline: loaded?.manifest.pipeline.name ?? null,
      latencyLimit: limit === undefined ? LIMIT_WITHOUT_POLICY : limit / 1000,
      grace: GRACE,
      memoryRequests: args.number("requests") ?? MEMORY_REQUESTS,
      startSeconds: START_SECONDS,
    },
  });
  out.say(describeResults(results));
  out.summary(`### Serving contract\n\n${resultTable(results)}`);
  const isBroken = results.some(({ result }) => result === "broken");
  return { outcome: isBroken ? "refused" : "passed", report: { checks: resultDocuments(results) } };
}

async function start({ env, out, repository }: CommandContext, args: Arguments): Promise<CommandResult> {
  const modelFolder = resolve(repository, args.requiredText("model"));
  const port = args.number("port") ?? DEFAULT_SERVING_PORT;
  const { digest } = await digestFolder(modelFolder);
  out.progress(`serving ${digest} on http://127.0.0.1:${port}; Ctrl-C ends it`);
  const told = {
    [ServingVariable.modelFolder]: modelFolder,
    [ServingVariable.modelDigest]: digest,
    [ServingVariable.port]: String(port),
  };
  const ending = await runUserCommand(
    { argv: defaultServerCommand, directory: repository, env: { ...env, ...defaultServerEnvironment(env), ...told } },
    out,
  );
  if (ending.exitCode === 0) return { outcome: "passed", report: { model: digest } };
  const message = `the server ended with ${describeEnding(ending)}`;
  if (ending.exitCode === 3) throw new RefusedError("model-not-served", message, "Its last line above says why.");
  throw new BrokenEnvironmentError(
    message,
    "Its last line above says why: a package that is missing, a port that is taken.",
  );
}
