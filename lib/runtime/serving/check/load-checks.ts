import { ServingPath } from "../../../blueprint/serving/serving-contract";
import { heavyRequest } from "./heavy-request";
import { predictionsOf } from "./prediction-checks";
import { broken, notRun, type Concern, type Finding, type ServingCheck, type Trial } from "./serving-check";
import type { Answer } from "./serving-client";

const concurrent: ServingCheck = {
  id: "answers-concurrent-requests",
  demands: "requests that come at the same time are all answered",
  remedy:
    "Let requests wait for one another rather than refusing or mixing them up; look for state that predictions share.",
};

const healthNotBlocked: ServingCheck = {
  id: "health-while-predicting",
  demands: `${ServingPath.health} is answered while predictions run`,
  remedy:
    "Predict in threads or processes of their own: a busy server whose health does not answer is restarted by its orchestrator.",
};

const AT_ONCE = 16;
const TRIES = 5;

/** That a server under load goes on answering. */
export const loadChecks: Concern = {
  checks: [concurrent, healthNotBlocked],
  needs: "requests",
  async run(trial) {
    const { client, requests } = trial;
    const sent = Array.from({ length: AT_ONCE }, (_, index) => requests[index % requests.length]!.body);
    const alone = new Map<string, number | null>();
    for (const body of new Set(sent)) alone.set(body, countOf(await client.predict(body)));
    const answers = await Promise.allSettled(sent.map(async (body) => await client.predict(body)));
    const faults = answers.flatMap((answer, index) => {
      if (answer.status === "rejected") return [(answer.reason as Error).message];
      const found = countOf(answer.value);
      if (found === alone.get(sent[index]!)) return [];
      return [found === null ? `answered with ${answer.value.status}` : `${found} predictions, not as many as alone`];
    });
    const blocked = await whetherHealthIsBlocked(trial);
    return [
      ...(faults.length === 0 ? [] : [broken(concurrent, `${faults.length} of ${AT_ONCE}: ${faults[0]!}`)]),
      ...(blocked === null ? [] : [blocked]),
    ];
  },
};

/** How many predictions came back; `null` when none did. */
function countOf(answer: Answer): number | null {
  const predictions = predictionsOf(answer);
  return typeof predictions === "string" ? null : predictions.length;
}

/** By the order of the answers, not by the clock: health asked after a long prediction has to be answered before it. */
async function whetherHealthIsBlocked({ client, requests }: Trial): Promise<Finding | null> {
  const heavy = await heavyRequest(client, requests[0]!);
  if (heavy === null) return notRun(healthNotBlocked, "no request takes long enough to ask meanwhile");
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const prediction = client.beginPrediction(heavy);
    await prediction.sent;
    const first = await Promise.race([
      prediction.answer.then(() => "prediction"),
      client.get(ServingPath.health).then(() => "health"),
    ]);
    await prediction.answer;
    if (first === "health") return null;
  }
  return broken(
    healthNotBlocked,
    `in ${TRIES} of ${TRIES} tries health was answered only after the prediction that ran`,
  );
}
