import { ServingPath } from "../../../blueprint/serving/serving-contract";
import { badRequests } from "./bad-requests";
import { broken, notRun, type Concern, type ServingCheck } from "./serving-check";
import { NoAnswerError } from "./serving-client";

const survives: ServingCheck = {
  id: "survives-bad-requests",
  demands: "a bad request is answered, and the server goes on",
  remedy: "Catch what parsing a request raises; one client's mistake must not end the server for all.",
};

const are4xx: ServingCheck = {
  id: "bad-requests-get-4xx",
  demands: "a bad request is answered with a status from 400 to 499",
  remedy:
    "Check requests against the protocol and the model's signature before predicting; answer what is wrong with 400.",
};

/** That what a client does wrong is said to be the client's mistake, and harms nobody else. */
export const badRequestChecks: Concern = {
  checks: [survives, are4xx],
  needs: "requests",
  async run({ client, requests, columns }) {
    const wrong: string[] = [];
    for (const { name, body, contentType } of badRequests(requests[0]!.body, columns)) {
      try {
        const { status } = await client.predict(body, contentType);
        if (status < 400 || status > 499) wrong.push(`${name} gets ${status}`);
        await client.get(ServingPath.health);
      } catch (error) {
        if (!(error instanceof NoAnswerError)) throw error;
        return [broken(survives, `${name}: ${error.message}`), notRun(are4xx, "the server did not survive the first")];
      }
    }
    return wrong.length === 0 ? [] : [broken(are4xx, wrong.join("; "))];
  },
};
