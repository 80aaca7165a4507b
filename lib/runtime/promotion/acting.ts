import { userInfo } from "node:os";
import type { Assurance } from "../../verdict/evidence/gate-measures";
import type { Variables } from "../command-context";

/** Who acts and where, as records state it. */
export interface Acting {
  readonly who: string;
  /** Page of the CI run; `null` on a laptop. */
  readonly run: string | null;
  readonly assurance: Assurance;
}

/** What GitHub says of the job, or the user of this machine. */
export function acting(env: Variables): Acting {
  if (env.GITHUB_ACTIONS !== "true" || env.SLIPWAY_ASSURANCE === "laptop") {
    return { who: userInfo().username, run: null, assurance: "laptop" };
  }
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID, GITHUB_RUN_ATTEMPT, GITHUB_ACTOR } = env;
  const run = `${GITHUB_SERVER_URL ?? "https://github.com"}/${GITHUB_REPOSITORY ?? ""}/actions/runs/${GITHUB_RUN_ID ?? ""}`;
  return {
    who: GITHUB_ACTOR ?? "github-actions",
    run: GITHUB_RUN_ATTEMPT === undefined ? run : `${run}/attempts/${GITHUB_RUN_ATTEMPT}`,
    assurance: "ci",
  };
}
