import type { Duration } from "../duration";
import { canonicalText, textDigest } from "../manifest/canonical-text";
import { InvalidInputError } from "../problems";
import type {
  AccuracyThreshold,
  DecisionRule,
  FairnessThreshold,
  GatePolicy,
  PolicyDocument,
  PolicySection,
} from "./policy-document";
import { policyProblems } from "./policy-problems";

/** What a user says a model has to keep to. */
export interface QualityPolicyProps {
  /**
   * What the score is used for. Fairness measures and metrics of decisions have no meaning without it.
   *
   * @default - scores only; nothing is selected
   */
  readonly decision?: DecisionRule;

  /**
   * Limits on how well the model scores, from `metric(...)` and `declaredMetric(...)`.
   *
   * @default - none
   */
  readonly accuracy?: readonly AccuracyThreshold[];

  /**
   * Limits on how the decision treats groups, from `demographicParityDifference(...)` and its siblings.
   *
   * @default - none
   */
  readonly fairness?: readonly FairnessThreshold[];

  /**
   * What the served model keeps to in production. Where the pipeline packages, every model is measured under the load it is promised for:
   * once as a smoke test in a job, and where an environment serves it, before production takes it. Without `latency` nothing is measured.
   *
   * @default - no service level is judged
   */
  readonly serving?: ServingLimits;

  /**
   * How far live data may move from the training data before retraining is asked for. Carried and digested; nothing in this
   * version measures it.
   *
   * @default - drift is not judged
   */
  readonly drift?: DriftLimits;

  /**
   * Two-sided confidence level of every interval, above 0.5 and below 1.
   *
   * @default 0.95
   */
  readonly confidence?: number;

  /**
   * Groups and slices with fewer rows or positives are not assessable, which is no pass. Whole numbers from 1.
   *
   * @default - 50 rows, 10 positives
   */
  readonly minimumGroup?: { readonly rows?: number; readonly positives?: number };

  /**
   * Resamples of whole clusters that intervals and comparisons are made from, at least 200 and 10 / (1 - confidence), and the
   * seed they start from, a whole number from 0.
   *
   * @default - 2000 replicates, seed 1
   */
  readonly bootstrap?: { readonly replicates?: number; readonly seed?: number };

  /**
   * Evidence older than this promotes nothing. Above 0.
   *
   * @default Duration.days(7)
   */
  readonly evidenceMaxAge?: Duration;
}

/** What a served model keeps to. */
export interface ServingLimits {
  /** Highest accepted share of failed requests, 0 to 1. */
  readonly errorRate: number;
  /**
   * Highest accepted response time at a quantile, under a load.
   *
   * @default - latency is not judged
   */
  readonly latency?: {
    /** For example 0.95 for the 95th percentile. */
    readonly quantile: number;
    /** The response time at that quantile, above 0: from the moment a request was meant to be sent to the end of its answer. */
    readonly atMost: Duration;
    /**
     * The load the limit is promised for: requests per second, above 0, and rows in each request, a whole number from 1.
     *
     * @default - 1 row per request
     */
    readonly at: { readonly requestsPerSecond: number; readonly rowsPerRequest?: number };
    /**
     * The wider limit of a smoke test, on a CI runner that is not the machine the limit is promised for; at least `atMost`.
     *
     * @default - three times `atMost`
     */
    readonly smokeAtMost?: Duration;
  };
}

/** How far features may move; at least one of the two measures. */
export interface DriftLimits {
  /**
   * Highest accepted population stability index of any feature, above 0; 0.2 is a usual one.
   *
   * @default - not judged
   */
  readonly populationStabilityIndex?: number;
  /**
   * Highest accepted two-sample Kolmogorov-Smirnov distance of any numeric feature, above 0 and below 1.
   *
   * @default - not judged
   */
  readonly kolmogorovSmirnov?: number;
  /**
   * Names of the features to watch, as the data calls them.
   *
   * @default - all features of the contract
   */
  readonly features?: readonly string[];
}

/** What "good enough to ship" means, said once: the gate judges by it, and promotion accepts only what was judged by it. */
export class QualityPolicy {
  /**
   * Takes a policy from where it was written down, for example a release manifest.
   *
   * @throws InvalidInputError naming everything that is wrong with it
   */
  public static fromDocument(document: PolicyDocument): QualityPolicy {
    return new QualityPolicy(document);
  }

  private readonly document: PolicyDocument;

  /** @throws InvalidInputError naming everything that is wrong with the limits */
  public constructor(props: QualityPolicyProps | PolicyDocument) {
    this.document = "gate" in props ? props : toDocument(props);
    const problems = policyProblems(this.document);
    if (problems.length > 0) throw new InvalidInputError("QualityPolicy", problems);
  }

  /** The section that the gate judges by. */
  public get gate(): GatePolicy {
    return this.document.gate;
  }

  /** The policy as plain JSON: what the release manifest carries. */
  public toDocument(): PolicyDocument {
    return this.document;
  }

  /** `sha256:...` of one section. Evidence of the gate binds to `gate` alone, so a changed drift limit invalidates nothing. */
  public digest(section: PolicySection): string {
    return policyDigest(this.document, section);
  }
}

/** `sha256:...` of one section of a policy that is already a document. */
export function policyDigest(document: PolicyDocument, section: PolicySection): string {
  return textDigest(canonicalText(document[section]));
}

function toDocument(props: QualityPolicyProps): PolicyDocument {
  const { serving, drift } = props;
  return {
    gate: {
      decision: props.decision ?? null,
      confidence: props.confidence ?? 0.95,
      minimumGroup: { rows: props.minimumGroup?.rows ?? 50, positives: props.minimumGroup?.positives ?? 10 },
      bootstrap: { replicates: props.bootstrap?.replicates ?? 2000, seed: props.bootstrap?.seed ?? 1 },
      accuracy: props.accuracy ?? [],
      fairness: props.fairness ?? [],
      evidenceMaxAgeHours: props.evidenceMaxAge?.toHours() ?? 7 * 24,
    },
    serving: serving === undefined ? null : servingSection(serving),
    drift: drift === undefined ? null : driftSection(drift),
  };
}

function servingSection({ errorRate, latency }: ServingLimits): PolicyDocument["serving"] {
  if (latency === undefined) return { errorRate, latency: null };
  const { quantile, atMost, at, smokeAtMost } = latency;
  return {
    errorRate,
    latency: {
      quantile,
      atMostMillis: atMost.toMillis(),
      smokeAtMostMillis: smokeAtMost?.toMillis() ?? 3 * atMost.toMillis(),
      atRequestsPerSecond: at.requestsPerSecond,
      atRowsPerRequest: at.rowsPerRequest ?? 1,
    },
  };
}

function driftSection(limits: DriftLimits): PolicyDocument["drift"] {
  return {
    populationStabilityIndex: limits.populationStabilityIndex ?? null,
    kolmogorovSmirnov: limits.kolmogorovSmirnov ?? null,
    features: limits.features ?? null,
  };
}
