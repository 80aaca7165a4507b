import type { Approver } from "../identity";
import type { EnvironmentDocument } from "./pipeline-document";

/** A place that models are promoted into, in the order in which the pipeline lists them. */
export class Environment {
  /** The environment `staging`: promoted into without a person, unless reviewers are named. */
  public static staging(options: EnvironmentOptions = {}): Environment {
    return Environment.named("staging", options);
  }

  /** The environment `production`: promoted into only after a person approved, unless `approval: false` says otherwise. */
  public static production(options: EnvironmentOptions = {}): Environment {
    return Environment.named("production", { approval: true, ...options });
  }

  /**
   * An environment of another name. It asks for an approval where reviewers are named.
   *
   * @param name - lower-case letters, digits and single dashes; not the name of one of Slipway's own environments
   */
  public static named(name: string, options: EnvironmentOptions = {}): Environment {
    const reviewers = options.reviewers ?? [];
    return new Environment(
      {
        name,
        approval: options.approval ?? reviewers.length > 0,
        service: options.service ?? null,
        servedAt: options.servedAt ?? null,
        needsLatencyVerdict: options.needsLatencyVerdict ?? name === "production",
      },
      reviewers,
    );
  }

  private constructor(
    /** What the release manifest says of it. */
    public readonly document: EnvironmentDocument,
    /** Who may approve, for the delivery to resolve. */
    public readonly reviewers: readonly Approver[],
  ) {}
}

/** Who lets a model into an environment. */
export interface EnvironmentOptions {
  /**
   * Whether a person must approve before a model is promoted into this environment.
   * @default true for production and wherever reviewers are named
   */
  readonly approval?: boolean;
  /**
   * Who may approve; any one of them suffices. `Reviewer` of the delivery, for example of `slipway/github`.
   * @default nobody is named
   */
  readonly reviewers?: readonly Approver[];
  /**
   * Name of the service that is released here after promotion. The graph has its stages; `MlPipeline` refuses it, because this
   * version has no command that releases.
   * @default none: the environment ends at promotion
   */
  readonly service?: string;
  /**
   * Address at which this environment serves the promoted model, for example `http://insurance-risk.staging.svc:8080`. After the
   * promotion `verify` waits there for the model, holds it against the serving contract and measures its latency under the policy's
   * load; what it signs is the verdict that production asks for. Whoever releases, the address names the serving hardware.
   * @default none: nothing is measured here
   */
  readonly servedAt?: string;
  /**
   * Whether promotion into this environment needs the latency verdict of an environment before it. Only asked for where the policy
   * limits latency and the pipeline packages.
   * @default true for production, else false
   */
  readonly needsLatencyVerdict?: boolean;
}
