import { ServingPath, ServingVariable } from "../../../blueprint/serving/serving-contract";
import { describeEnding, type Ending } from "../../user-code/user-command";
import type { ServerControl } from "../running-server";
import { heavyRequest } from "./heavy-request";
import { broken, notRun, pause, type Concern, type Finding, type ServingCheck } from "./serving-check";
import type { Begun, ServingClient } from "./serving-client";

const unready: ServingCheck = {
  id: "unready-on-sigterm",
  demands: `on SIGTERM ${ServingPath.ready} turns to 503 at once, or nothing is accepted any more`,
  remedy: `Answer ${ServingPath.ready} with 503 from SIGTERM on, so that no new traffic is sent to a server that ends.`,
};

const finishes: ServingCheck = {
  id: "finishes-requests-in-flight",
  demands: "on SIGTERM requests in flight are still answered",
  remedy: "Stop accepting, finish what has begun, then end: each release ends every server once.",
};

const endsInGrace: ServingCheck = {
  id: "ends-in-grace",
  demands: `on SIGTERM the server ends with exit code 0 within $${ServingVariable.grace}`,
  remedy: "Handle SIGTERM in the process itself; where a shell starts the server, let it exec.",
};

const IN_FLIGHT = 3;
/** Looks after which readiness has to be off. */
const LOOKS = 20;
/** Seconds that looking itself may take on a busy machine. */
const SLACK = 2;

/** That a server ends as an orchestrator expects it to. It is not there any more afterwards. */
export const shutdownChecks: Concern = {
  checks: [unready, finishes, endsInGrace],
  needs: "control",
  async run(trial) {
    const { client, requests, grace } = trial;
    const control = trial.server.control!;
    const body = (await heavyRequest(client, requests[0]!)) ?? requests[0]!.body;
    const begun = Array.from({ length: IN_FLIGHT }, () => client.beginPrediction(body));
    await Promise.all(begun.map(({ sent }) => sent));
    // Whoever answers this has accepted the connections that came before it.
    await client.statusOf(ServingPath.health, 1000);
    const inFlight = await stillOpen(begun);
    await control.terminate();
    const { ending, stayedReady, seconds } = await watchEnd(client, control, grace + SLACK);
    if (ending === null) {
      const because = "the server did not end";
      return [
        broken(endsInGrace, `it still runs ${seconds} s after SIGTERM`),
        notRun(unready, because),
        notRun(finishes, because),
      ];
    }
    return [
      ...(stayedReady ? [broken(unready, `${ServingPath.ready} still answers 200 after ${LOOKS} looks`)] : []),
      ...(ending.exitCode === 0 ? [] : [broken(endsInGrace, `it ended with ${describeEnding(ending)}`)]),
      ...(await whetherFinished(inFlight)),
    ];
  },
};

async function stillOpen(begun: readonly Begun[]): Promise<readonly Begun[]> {
  const open = await Promise.all(
    begun.map(
      async ({ answer }) =>
        await Promise.race([
          answer.then(
            () => false,
            () => true,
          ),
          pause(0).then(() => true),
        ]),
    ),
  );
  return begun.filter((_, index) => open[index]!);
}

interface Watched {
  readonly ending: Ending | null;
  /** Whether readiness was on at every one of the looks. */
  readonly stayedReady: boolean;
  readonly seconds: number;
}

async function watchEnd(client: ServingClient, control: ServerControl, seconds: number): Promise<Watched> {
  const deadline = Date.now() + seconds * 1000;
  let readyLooks = 0;
  let off = false;
  for (;;) {
    if (!off && readyLooks < LOOKS) {
      off = (await client.statusOf(ServingPath.ready, 1000)) !== 200;
      if (!off) readyLooks++;
    }
    const ending = await control.ending();
    if (ending !== null || Date.now() > deadline) return { ending, stayedReady: readyLooks === LOOKS, seconds };
    await pause();
  }
}

async function whetherFinished(inFlight: readonly Begun[]): Promise<readonly Finding[]> {
  if (inFlight.length === 0) return [notRun(finishes, "every request was answered before SIGTERM could be sent")];
  const answers = await Promise.allSettled(inFlight.map(async ({ answer }) => await answer));
  const dropped = answers.flatMap((each) => {
    if (each.status === "rejected") return [(each.reason as Error).message];
    return each.value.status === 200 ? [] : [`answered with ${each.value.status}`];
  });
  return dropped.length === 0
    ? []
    : [broken(finishes, `${dropped.length} of ${inFlight.length} requests in flight: ${dropped[0]!}`)];
}
