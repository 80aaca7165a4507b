import type { TriggerDocument } from "./pipeline-document";

/** What starts a run of the pipeline. */
export class Trigger {
  /** Every push to the default branch starts delivery. */
  public static push(): Trigger {
    return new Trigger({ kind: "push" });
  }

  /** Every pull request is reviewed. Always part of a pipeline: the required check must run, or nothing can be merged. */
  public static pullRequest(): Trigger {
    return new Trigger({ kind: "pullRequest" });
  }

  /** Every group of a merge queue is reviewed. Always part of a pipeline, for the same reason. */
  public static mergeGroup(): Trigger {
    return new Trigger({ kind: "mergeGroup" });
  }

  /** A person may start delivery of the default branch. */
  public static manual(): Trigger {
    return new Trigger({ kind: "manual" });
  }

  /**
   * Delivery at fixed times.
   *
   * @param expression - cron expression of five fields, in UTC, for example "17 3 * * 1"
   */
  public static cron(expression: string): Trigger {
    return new Trigger({ kind: "schedule", cron: expression });
  }

  /** Delivery every night at 03:17 UTC: off the full hour, when schedules are delayed most. */
  public static daily(): Trigger {
    return Trigger.cron("17 3 * * *");
  }

  /** Delivery every Monday at 03:17 UTC. */
  public static weekly(): Trigger {
    return Trigger.cron("17 3 * * 1");
  }

  /** Delivery as soon as enough labelled rows are new since the last registered model. */
  public static newData(options: NewDataOptions): Trigger {
    return new Trigger({
      kind: "newData",
      minLabelledRows: options.minLabelledRows,
      cron: options.cron ?? "47 3 * * *",
    });
  }

  /** Delivery when a drift finding was filed in the store since the last registered model; this version files none itself. */
  public static drift(options: DriftTriggerOptions = {}): Trigger {
    return new Trigger({ kind: "drift", cron: options.cron ?? "47 4 * * *" });
  }

  private constructor(public readonly document: TriggerDocument) {}
}

/** How much new data is worth a training, and when to look. */
export interface NewDataOptions {
  /** Least number of new rows with a label that is worth a training, at least 1. */
  readonly minLabelledRows: number;
  /**
   * When to look, as a cron expression of five fields in UTC.
   * @default "47 3 * * *", every night
   */
  readonly cron?: string;
}

/** When to look for drift findings. */
export interface DriftTriggerOptions {
  /**
   * When to look, as a cron expression of five fields in UTC.
   * @default "47 4 * * *", every night
   */
  readonly cron?: string;
}
