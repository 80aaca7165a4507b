import { ServingPath, ServingVariable } from "../../../blueprint/serving/serving-contract";
import type { Variables } from "../../command-context";
import { describeEnding, type Ending } from "../../user-code/user-command";
import type { ExampleRequest } from "../example-request";
import type { ModelExamples } from "../model-examples";
import { badRequestChecks } from "./bad-request-checks";
import { loadChecks } from "./load-checks";
import { memoryChecks } from "./memory-check";
import { countedAround, metricsAtStart, metricsExposed } from "./metric-checks";
import { predictionChecks } from "./prediction-checks";
import type { ServedTarget } from "./served-target";
import { broken, notRun, pause, type Concern, type Finding, type ServingCheck, type Trial } from "./serving-check";
import { NoAnswerError, ServingClient } from "./serving-client";
import { shutdownChecks } from "./shutdown-checks";
import { startChecks } from "./start-checks";
import { verificationCheck } from "./verification-check";
import { versionChecks } from "./version-checks";

/** What is checked, and with what. */
export interface CheckPlan {
  readonly target: ServedTarget;
  /** At least one. */
  readonly requests: readonly ExampleRequest[];
  readonly columns: ModelExamples["columns"];
  /** Name of the pipeline; `null` when there is none. */
  readonly pipeline: string | null;
  /** Seconds; `null` where the server cannot be told one. */
  readonly latencyLimit: number | null;
  /** Seconds from SIGTERM to the end. */
  readonly grace: number;
  readonly memoryRequests: number;
  /** Seconds that a start may take. */
  readonly startSeconds: number;
  /** What only this kind of target can be asked, once it is known whether a server of it started. */
  readonly further?: (started: boolean) => readonly Concern[];
}

/** How one check came out. */
export interface CheckResult {
  readonly check: ServingCheck;
  readonly result: "held" | "broken" | "not-run";
  /** What was seen, or why the check was not run; empty where it held. */
  readonly says: string;
}

const staysUp: ServingCheck = {
  id: "stays-up",
  demands: "a server ends only when it is told to",
  remedy: "Read its output: what one request did must not end the process.",
};

/** Makes every check, also after some are broken: a user sees all that is wrong at once. */
export async function checkServing(plan: CheckPlan): Promise<readonly CheckResult[]> {
  return await new CheckRun(plan).all();
}

/** What a server under check is told of the serving contract. */
export function toldSettings({
  latencyLimit,
  grace,
  pipeline,
}: Pick<CheckPlan, "latencyLimit" | "grace" | "pipeline">): Variables {
  return {
    [ServingVariable.grace]: String(grace),
    ...(latencyLimit === null ? {} : { [ServingVariable.latencyLimit]: String(latencyLimit) }),
    ...(pipeline === null ? {} : { [ServingVariable.pipeline]: pipeline }),
  };
}

class CheckRun {
  private readonly checks: ServingCheck[] = [staysUp];
  private readonly findings: Finding[] = [];
  private trial!: Trial;
  private cannotStart = false;

  public constructor(private readonly plan: CheckPlan) {}

  public async all(): Promise<readonly CheckResult[]> {
    const { target, startSeconds, further } = this.plan;
    this.trial = await this.started();
    try {
      await this.make(startChecks(startSeconds, this.beforeFirstPrediction.bind(this)));
      this.cannotStart ||= this.findings.length > 0 && !(await predicts(this.trial));
      if (this.cannotStart) this.findings.push(notRun(staysUp, "the server does not start"));
      const counted = [versionChecks, predictionChecks, badRequestChecks];
      if (this.cannotStart) await this.list([metricsExposed, metricsAtStart, ...counted]);
      await this.make(countedAround(counted, this.make.bind(this)));
      for (const concern of [loadChecks, memoryChecks, shutdownChecks]) await this.make(concern);
    } finally {
      await this.trial.server.stop();
    }
    await this.make(verificationCheck(target, toldSettings(this.plan), startSeconds));
    for (const concern of further?.(!this.cannotStart) ?? []) await this.make(concern);
    return this.checks.map((check) => {
      const found = this.findings.find((each) => each.check === check);
      return { check, result: found?.result ?? "held", says: found?.says ?? "" };
    });
  }

  private async beforeFirstPrediction(): Promise<void> {
    await this.make(metricsExposed);
    await this.make(metricsAtStart);
  }

  /** What is made inside other concerns is listed as not run, too. */
  private async list(concerns: readonly Concern[]): Promise<void> {
    for (const concern of concerns) {
      if (!this.checks.includes(concern.checks[0]!)) await this.make(concern);
    }
  }

  private async started(): Promise<Trial> {
    const { target, requests, columns, latencyLimit, grace, memoryRequests } = this.plan;
    const server = await target.start(toldSettings(this.plan));
    const client = new ServingClient(server.url);
    return { server, client, requests, columns, modelDigest: target.modelDigest, latencyLimit, grace, memoryRequests };
  }

  private async make(concern: Concern): Promise<void> {
    this.checks.push(...concern.checks);
    const why = this.whyNot(concern);
    const found = why === null ? await this.findingsOf(concern) : concern.checks.map((each) => notRun(each, why));
    this.findings.push(...found);
    if (concern === shutdownChecks || concern.needs === "start" || concern.needs === "nothing") return;
    const ending = this.cannotStart ? null : await endingOf(this.trial);
    if (ending === null) return;
    if (found.every(({ result }) => result !== "broken")) {
      this.findings.push(broken(staysUp, `it ended with ${describeEnding(ending)}`));
    }
    await this.startAgain();
  }

  private whyNot({ needs }: Concern): string | null {
    if (needs === "nothing") return null;
    if (needs !== "requests" && this.trial.server.control === null) return "the server was not started here";
    return this.cannotStart ? "the server does not start" : null;
  }

  private async findingsOf(concern: Concern): Promise<readonly Finding[]> {
    const { trial } = this;
    try {
      const found = await concern.run(trial);
      if (this.trial === trial) return found;
      return concern.checks.map((each) => notRun(each, "the server ended meanwhile and was started again"));
    } catch (error) {
      if (!(error instanceof NoAnswerError)) throw error;
      const [first, ...others] = concern.checks;
      // One that has ended is said to have; of one that runs and does not answer, this is what is wrong.
      return this.trial !== trial || (await endingOf(trial)) !== null
        ? concern.checks.map((each) => notRun(each, error.message))
        : [broken(first!, error.message), ...others.map((each) => notRun(each, error.message))];
    }
  }

  /** So that the other checks can be made. */
  private async startAgain(): Promise<void> {
    await this.trial.server.stop();
    this.trial = await this.started();
    const deadline = Date.now() + this.plan.startSeconds * 1000;
    while (!(await predicts(this.trial))) {
      this.cannotStart = Date.now() > deadline || (await this.trial.server.control?.ending()) != null;
      if (this.cannotStart) return;
      await pause();
    }
  }
}

/** How the server ended; of one that does not answer, the end of its process may be a moment away. */
async function endingOf({ server, client }: Trial): Promise<Ending | null> {
  if (server.control === null) return null;
  for (let look = 0; look < LOOKS; look++) {
    const ending = await server.control.ending();
    if (ending !== null || (await client.statusOf(ServingPath.health, 5000)) !== null) return ending;
    await pause();
  }
  return null;
}

const LOOKS = 40;

async function predicts({ client, requests }: Trial): Promise<boolean> {
  return await client.predict(requests[0]!.body).then(
    ({ status }) => status === 200,
    () => false,
  );
}
