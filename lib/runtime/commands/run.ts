import { lower } from "../../jobs/lower";
import { loadManifest } from "../manifest/load-manifest";
import { approvedEnvironments, chosenJobs } from "../laptop/chosen-jobs";
import { closingReport, outcomeOf, resumeCommand } from "../laptop/closing-report";
import { thisCommand } from "../laptop/job-work";
import { runOnLaptop } from "../laptop/laptop-run";
import { progressOn } from "../laptop/progress";
import { RunFolder } from "../laptop/run-folder";
import { BrokenEnvironmentError } from "../refusals";
import type { CommandModule, CommandResult } from "./command-module";

export const command: CommandModule = {
  name: "run",
  summary: "run the whole pipeline on this machine",
  description: `Runs the same jobs as the CI, as processes of this command, in parallel where the graph allows. Makes the locked Python environment
once per lock, and starts an MLflow server on SQLite for the time of the run when MLFLOW_TRACKING_URI is not set.

Every run has a folder in .slipway-run with logs, summaries, hand-offs and evidence. --resume goes on with the last one: jobs that
succeeded from the same inputs are kept. Ctrl-C ends everything that was started.

Evidence is signed with a key of the user's own, made on first use, and says that it comes from a laptop: environments that do not
name this key accept none of it. Nothing goes to the platform's bucket or MLflow unless SLIPWAY_STORE and MLFLOW_TRACKING_URI say so.`,
  options: [
    { name: "resume", summary: "go on with the last run of this pipeline" },
    { name: "only", value: "job", repeatable: true, summary: "run this job and what it needs, nothing else" },
    { name: "approve", value: "environment", repeatable: true, summary: "let promotion into this environment" },
  ],
  async run(context, args) {
    const { manifest, repository, env, line, out } = context;
    const { name } = manifest.pipeline;
    const loaded = await loadManifest(
      { path: args.text("manifest"), pipeline: args.text("pipeline") },
      repository,
      env,
    );
    const jobs = chosenJobs(lower(manifest, line), args.list("only"));
    const approved = approvedEnvironments(manifest.pipeline.environments, args.list("approve"));
    const resume = args.flag("resume");
    const folder = resume
      ? await RunFolder.latest(repository, name, line)
      : await RunFolder.create(repository, context.now());
    const interrupt = new AbortController();
    const stop = (): void => {
      interrupt.abort();
    };
    const terminal = process.stderr.isTTY && !out.json;
    const screen = {
      write: (text: string) => void process.stderr.write(text),
      columns: terminal ? process.stderr.columns : null,
    };
    const progress = progressOn(
      screen,
      `${name} (${line}) on this machine`,
      terminal && env.NO_COLOR === undefined,
      Date.now,
    );
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
    try {
      const result = await runOnLaptop(loaded, {
        line,
        jobs,
        approved,
        folder,
        earlier: resume ? await folder.jobs() : {},
        slipway: thisCommand(),
        env,
        signal: interrupt.signal,
        changed: (statuses) => {
          progress.show(statuses);
        },
      });
      progress.end();
      for (const text of await closingReport({ pipeline: name, line, folder, result })) out.say(text);
      const outcome = outcomeOf(result.statuses);
      if (outcome === "broken" || outcome === "cancelled") throw brokenOff(outcome, folder, resumeCommand(name, line));
      return {
        outcome: ({ passed: "passed", failed: "refused", undecided: "undecided" } as const)[outcome],
        report: {
          run: folder.path,
          line,
          assurance: "laptop",
          jobs: result.statuses.map(({ task, state, startedAt, endedAt, note }) => ({
            id: task.id,
            state,
            milliseconds: startedAt === null || endedAt === null ? null : endedAt - startedAt,
            note,
          })),
        },
      } satisfies CommandResult;
    } finally {
      progress.end();
      for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.off(signal, stop);
    }
  },
};

function brokenOff(outcome: "broken" | "cancelled", folder: RunFolder, resume: string): BrokenEnvironmentError {
  return new BrokenEnvironmentError(
    outcome === "cancelled" ? "the run was stopped; everything it started has ended" : "a job could not do its work",
    `Logs are in ${folder.path}/logs. Go on with \`${resume}\`.`,
  );
}
