import { ServingPath } from "../../../blueprint/serving/serving-contract";
import type { ExampleRequest } from "../example-request";
import { broken, notRun, type Concern, type Finding, type ServingCheck } from "./serving-check";
import type { Answer } from "./serving-client";

const answersPredictions: ServingCheck = {
  id: "answers-predictions",
  demands: `${ServingPath.predict} answers a valid request with 200 and {"predictions": [numbers]}`,
  remedy:
    "Answer with JSON: an object whose field predictions is a list of finite numbers. Other example requests: --payloads.",
};

const onePerRow: ServingCheck = {
  id: "one-prediction-per-row",
  demands: "the answer holds one prediction for each row, in the order of the rows",
  remedy: "Give back as many predictions as the request has rows.",
};

const asExpected: ServingCheck = {
  id: "predictions-as-expected",
  demands: "predictions are the scores that the model is known to give",
  remedy:
    "Score as the gate judged: a binary classifier's probability of its greater class, any other model's prediction.",
};

/** Relative; JSON writes doubles in full, so a difference is another computation and no rounding. */
const TOLERANCE = 1e-9;

/** That valid requests get the right answers. */
export const predictionChecks: Concern = {
  checks: [answersPredictions, onePerRow, asExpected],
  needs: "requests",
  async run({ client, requests }) {
    for (const request of requests) {
      const finding = judge(request, await client.predict(request.body));
      if (finding !== null) return [finding, ...afterwards(finding.check)];
    }
    const known = requests.some(({ expected }) => expected !== null);
    return known ? [] : [notRun(asExpected, "no scores are given; name them with --payloads")];
  },
};

function judge({ rows, expected }: ExampleRequest, answer: Answer): Finding | null {
  const predictions = predictionsOf(answer);
  if (typeof predictions === "string") return broken(answersPredictions, predictions);
  if (predictions.length !== rows) return broken(onePerRow, `${predictions.length} predictions for ${rows} rows`);
  const row = expected?.findIndex((score, index) => !close(score, predictions[index]!)) ?? -1;
  return row === -1
    ? null
    : broken(asExpected, `row ${row + 1} gets ${predictions[row]!} instead of ${expected![row]!}`);
}

/** The numbers of an answer, or what is wrong with it. */
export function predictionsOf({ status, body }: Answer): readonly number[] | string {
  if (status !== 200) return `a valid request is answered with ${status}: ${body.slice(0, 200)}`;
  let document: unknown;
  try {
    document = JSON.parse(body);
  } catch {
    return "the answer is no JSON";
  }
  const predictions = (document as { readonly predictions?: unknown } | null)?.predictions;
  if (!Array.isArray(predictions)) return "the answer has no list predictions";
  if (!predictions.every((each) => typeof each === "number")) return "predictions are not all numbers";
  return predictions;
}

function close(expected: number, found: number): boolean {
  return Math.abs(expected - found) <= TOLERANCE * Math.max(Math.abs(expected), Math.abs(found));
}

/** The checks that need what the given one found broken. */
function afterwards(check: ServingCheck): readonly Finding[] {
  const all = predictionChecks.checks;
  return all.slice(all.indexOf(check) + 1).map((each) => notRun(each, `${check.id} is broken`));
}
