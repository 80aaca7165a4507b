import { ServingPath, ServingVariable } from "../../../blueprint/serving/serving-contract";
import type { Variables } from "../../command-context";
import type { RunningServer } from "../running-server";
import { broken, notRun, pause, type Concern, type ServingCheck } from "./serving-check";
import type { ServedTarget } from "./served-target";
import { ServingClient } from "./serving-client";

const refusesChanged: ServingCheck = {
  id: "refuses-changed-model",
  demands: `a server whose model folder is not what $${ServingVariable.modelDigest} says does not start`,
  remedy:
    "Compute the folder's digest before anything of the model is loaded, and end with an exit code other than 0 when it differs.",
};

/**
 * That what is served is what was released.
 *
 * @param seconds in which a server that does not verify would be ready
 */
export function verificationCheck(target: ServedTarget, settings: Variables, seconds: number): Concern {
  return {
    checks: [refusesChanged],
    needs: "start",
    async run() {
      if (target.startChanged === null) return [notRun(refusesChanged, "no server can be started")];
      const server = await target.startChanged(settings);
      try {
        const found = await servesNevertheless(server, seconds);
        return found === null ? [] : [broken(refusesChanged, found)];
      } finally {
        await server.stop();
      }
    },
  };
}

async function servesNevertheless({ url, control }: RunningServer, seconds: number): Promise<string | null> {
  const client = new ServingClient(url);
  const deadline = Date.now() + seconds * 1000;
  while (Date.now() < deadline) {
    const ending = (await control?.ending()) ?? null;
    if (ending !== null) return ending.exitCode === 0 ? "it ended with exit code 0, as if it had been told to" : null;
    if ((await client.statusOf(ServingPath.ready, 5000)) === 200) return "it became ready";
    await pause();
  }
  // It never said that it was ready: nothing is sent to it.
  return null;
}
