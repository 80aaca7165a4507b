import { ServingPath } from "../../../blueprint/serving/serving-contract";
import { describeEnding } from "../../user-code/user-command";
import { broken, notRun, pause, type Concern, type Finding, type ServingCheck, type Trial } from "./serving-check";

const becomesReady: ServingCheck = {
  id: "becomes-ready",
  demands: `${ServingPath.ready} answers 503 until the model is loaded, then 200`,
  remedy: `Answer ${ServingPath.ready} with 200 once the model is verified and loaded, with 503 before. The server's output says more.`,
};

const healthFromStart: ServingCheck = {
  id: "health-from-start",
  demands: `${ServingPath.health} answers 200 as soon as the server answers at all, also while it loads`,
  remedy: "Listen first and load the model in a thread: a slow load must not look like a dead process.",
};

const readyMeansReady: ServingCheck = {
  id: "ready-means-ready",
  demands: "once it says that it is ready, predictions are answered",
  remedy: `Keep ${ServingPath.ready} at 503 until the model is loaded: traffic comes with the first 200.`,
};

/** Milliseconds in which predictions may still begin to work, after the server said it was ready. */
const LATE_LOAD = 20_000;

/**
 * From the start to the first prediction.
 *
 * @param seconds that the server may take until it is ready
 * @param beforeFirst runs once the server is ready and before anything was predicted
 */
export function startChecks(seconds: number, beforeFirst: () => Promise<void>): Concern {
  return {
    checks: [becomesReady, healthFromStart, readyMeansReady],
    needs: "requests",
    async run(trial) {
      const findings: Finding[] = [];
      const readiness = await untilReady(trial, seconds, findings);
      if (readiness !== null) findings.push(readiness);
      if ((await trial.server.control?.ending()) != null) {
        return [
          ...findings,
          ...[healthFromStart, readyMeansReady].map((each) => notRun(each, "the server does not start")),
        ];
      }
      await beforeFirst();
      const late = await whetherPredictionsComeLate(trial, readiness !== null);
      return late === null ? findings : [...findings, late];
    },
  };
}

async function untilReady({ server, client }: Trial, seconds: number, seen: Finding[]): Promise<Finding | null> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const ready = await client.statusOf(ServingPath.ready, 5000);
    const health = await client.statusOf(ServingPath.health, 5000);
    if (ready !== null && health !== 200 && seen.length === 0) {
      seen.push(
        broken(healthFromStart, `health ${health === null ? "does not answer" : `answers ${health}`} during the start`),
      );
    }
    if (ready === 200) return null;
    if (ready !== null && ready !== 503) return broken(becomesReady, `${ServingPath.ready} answers ${ready}`);
    const ending = (await server.control?.ending()) ?? null;
    if (ending !== null) {
      const output = (await server.control?.output())?.trim().split("\n").slice(-3).join(" | ") ?? "";
      return broken(becomesReady, `it ended with ${describeEnding(ending)}: ${output}`);
    }
    if (Date.now() > deadline) return broken(becomesReady, `it is not ready after ${seconds} s`);
    await pause();
  }
}

/** A model that cannot predict its example at all is another check's to say: this one looks for a server that was too early. */
async function whetherPredictionsComeLate(
  { server, client, requests }: Trial,
  knownUnready: boolean,
): Promise<Finding | null> {
  const { body } = requests[0]!;
  const attempt = async (): Promise<number | null> =>
    await client.predict(body).then(
      ({ status }) => status,
      () => null,
    );
  const first = await attempt();
  const deadline = Date.now() + LATE_LOAD;
  for (let last = first; last !== 200; last = await attempt()) {
    if (Date.now() > deadline || (await server.control?.ending()) != null) return null;
    await pause();
  }
  if (first === 200 || knownUnready) return null;
  return broken(
    readyMeansReady,
    `ready, and the first prediction ${first === null ? "gets no answer" : `is answered with ${first}`}`,
  );
}
