import type { Script } from "../actions-model/run";

/** What the verdict's script is to decide: every job succeeded, or rested because nothing was due. */
export const verdictScript: Script = ({ RESULTS = "", DUE, WHEN_DUE = "" }) =>
  RESULTS.split("\n").every((line) => {
    const [job = "", result = ""] = line.split(" ");
    return result === "success" || (result === "skipped" && DUE === "false" && WHEN_DUE.split(" ").includes(job));
  })
    ? "success"
    : "failure";
