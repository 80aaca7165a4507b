import type { Circumstances, Outcome } from "../actions-model/run";
import { DEFAULT_BRANCH, type RenderedLine } from "./soundness";

const OUTCOMES: readonly Outcome[] = ["failure", "cancelled", "timed out (failure)", "timed out (cancelled)"];

/** A run on which everything goes well, to be changed in one respect or another. */
function goodRun({ line }: RenderedLine): Circumstances {
  return {
    event: line === "review" ? "pull_request" : "push",
    ref: line === "review" ? "refs/pull/7/merge" : `refs/heads/${DEFAULT_BRANCH}`,
    outcomes: {},
    outputs: { detect: { due: "true" } },
    cancelledAfter: null,
    emptyHandoffsFail: true,
  };
}

/** The events that the pipeline's own workflow answers to, each with a ref that it can come with. */
function occasions(rendered: RenderedLine): readonly Pick<Circumstances, "event" | "ref">[] {
  return Object.keys(rendered.workflow.events).flatMap((event) =>
    event === "workflow_dispatch"
      ? [
          { event, ref: `refs/heads/${DEFAULT_BRANCH}` },
          { event, ref: "refs/heads/topic" },
        ]
      : [{ event, ref: rendered.line === "review" ? "refs/pull/7/merge" : `refs/heads/${DEFAULT_BRANCH}` }],
  );
}

/** One circumstance at a time: what every fault of a single edge or condition shows itself in. */
export function singleFaults(rendered: RenderedLine): readonly Circumstances[] {
  return occasions(rendered).flatMap((occasion) => {
    const good = { ...goodRun(rendered), ...occasion };
    const jobs = rendered.workflow.jobs.map(({ id }) => id);
    return [
      good,
      { ...good, outputs: { detect: { due: "false" } } },
      { ...good, outputs: { detect: { due: "" } } },
      ...jobs.flatMap((id) =>
        OUTCOMES.map((outcome) => ({ ...good, outcomes: { [id]: outcome }, emptyHandoffsFail: false })),
      ),
      ...jobs.map((_, ended) => ({ ...good, cancelledAfter: ended, emptyHandoffsFail: false })),
    ];
  });
}

/** Random circumstances, each job on its own: mostly good, so that runs get far before something happens. */
export function anyCircumstances(rendered: RenderedLine, random: () => number): Circumstances {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  const goodShare = pick([0.5, 0.9, 0.97]);
  const outcomes = Object.fromEntries(
    rendered.workflow.jobs.map(({ id }) => [id, random() < goodShare ? "success" : pick(OUTCOMES)]),
  );
  return {
    ...goodRun(rendered),
    ...pick(occasions(rendered)),
    outcomes,
    outputs: { detect: { due: pick(["true", "true", "false", ""]) } },
    cancelledAfter: random() < 0.1 ? Math.floor(random() * rendered.workflow.jobs.length) : null,
    emptyHandoffsFail: random() < 0.5,
  };
}

/** Numbers from 0 to 1 that follow from a seed alone (Marsaglia's xorshift32). */
export function randomFrom(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
