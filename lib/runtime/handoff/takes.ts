import { Problems } from "../../blueprint/problems";
import type { HandoffName } from "../../jobs/job";
import type { Variables } from "../command-context";
import { RefusedError } from "../refusals";
import type { WorkFolder } from "../work-folder";
import { digestFolder, isDigest } from "./folder-digest";

/** Every folder that jobs hand to one another, in the order in which a run makes them. */
export const handoffNames: readonly HandoffName[] = [
  "data",
  "training",
  "features",
  "labels",
  "baseline",
  "model",
  "predictions",
  "evidence",
  "parts",
  "image",
];

/**
 * Reads `--take` or `--cite`, `<handoff>=<sha256:...>` each.
 *
 * @throws InvalidInputError for a name that is no hand-off, a digest that is none (an empty one: the giving job gave nothing), or a repetition
 */
export function parseHandoffDigests(
  option: "--take" | "--cite",
  texts: readonly string[],
): ReadonlyMap<HandoffName, string> {
  const problems = new Problems();
  const takes = new Map<HandoffName, string>();
  texts.forEach((text, index) => {
    const [name = "", digest = ""] = text.split(/=(.*)/s);
    const path = `${option}[${index}]`;
    if (!isHandoffName(name)) problems.add(path, text, "names no hand-off", `Known are ${handoffNames.join(", ")}.`);
    else if (!isDigest(digest))
      problems.add(
        path,
        text,
        "carries no digest",
        "Write <handoff>=sha256:<64 hex digits>; an empty one means that the giving job gave nothing.",
      );
    else if (takes.has(name)) problems.add(path, text, "repeats a hand-off", "Give each hand-off once.");
    else takes.set(name, digest);
  });
  problems.throwIfAny(option);
  return takes;
}

export function isHandoffName(name: string): name is HandoffName {
  return (handoffNames as readonly string[]).includes(name);
}

/**
 * Verifies that the working folder holds exactly what was handed over, before a command reads any of it. In a pipeline's job every
 * hand-off comes with its digest; by hand on a laptop, a missing digest is taken from the folder as it stands.
 *
 * @throws RefusedError `handoff-digest-mismatch` when a folder holds something else
 */
export async function verifyTakes(
  needed: readonly HandoffName[],
  given: ReadonlyMap<HandoffName, string>,
  work: WorkFolder,
  env: Variables,
): Promise<ReadonlyMap<HandoffName, string>> {
  const problems = new Problems();
  const inJob = env.SLIPWAY_MANIFEST_DIGEST !== undefined && env.SLIPWAY_MANIFEST_DIGEST !== "";
  for (const name of needed) {
    if (inJob && !given.has(name)) {
      problems.add(
        "--take",
        undefined,
        `lacks ${name}`,
        `In a job, hand-offs come by digest: --take ${name}=<sha256:...>.`,
      );
    }
  }
  problems.throwIfAny("--take");
  const verified = new Map<HandoffName, string>();
  for (const name of new Set([...needed, ...given.keys()])) {
    const { digest } = await digestFolder(work.handoff(name));
    const expected = given.get(name) ?? digest;
    if (digest !== expected) throw handoffMismatch(name, expected, digest);
    verified.set(name, digest);
  }
  return verified;
}

/** What was handed over is not what stands in the folder. */
export function handoffMismatch(name: HandoffName, expected: string, found: string): RefusedError {
  return new RefusedError(
    "handoff-digest-mismatch",
    `hand-off ${name} has digest ${found}, the job that gave it said ${expected}`,
    "Run the giving job again; something changed the files in between.",
  );
}
