import type { HandoffName, Holdings, Step } from "../job";

/** What a stage does and what it needs in its hands, apart from where it stands in the graph. */
export interface StageWork {
  readonly title: string;
  readonly takes: readonly HandoffName[];
  readonly cites: readonly HandoffName[];
  readonly gives: readonly HandoffName[];
  readonly outputs: readonly string[];
  readonly holdings: Holdings;
  readonly steps: readonly Step[];
  readonly environment: string | null;
  readonly secrets: readonly string[];
  readonly variables: readonly string[];
}

/** The same with only what differs from having nothing. */
export type StatedWork = Pick<StageWork, "title" | "steps"> &
  Partial<Omit<StageWork, "holdings">> & { readonly holdings?: Partial<Holdings> };

const NOTHING: Holdings = {
  userCode: false,
  rawData: false,
  labels: false,
  signingKey: false,
  tracking: false,
  registry: false,
  store: "none",
  cloudIdentity: false,
  images: false,
  cache: false,
};

export function completeWork(stated: StatedWork): StageWork {
  return {
    takes: [],
    cites: [],
    gives: [],
    outputs: [],
    environment: null,
    secrets: [],
    variables: [],
    ...stated,
    holdings: { ...NOTHING, ...stated.holdings },
  };
}

/** Environments, secrets and variables belong to delivery, and a sample holds nothing to protect: a review has none of them. */
export function reviewWork(work: StageWork): StageWork {
  const { userCode, cache } = work.holdings;
  return { ...work, environment: null, secrets: [], variables: [], holdings: { ...NOTHING, userCode, cache } };
}
