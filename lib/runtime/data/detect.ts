import { DataContract } from "../../blueprint/contract/data-contract";
import type { TriggerDocument } from "../../blueprint/pipeline/pipeline-document";
import { InvalidInputError } from "../../blueprint/problems";
import type { CommandContext } from "../command-context";
import type { Arguments } from "../commands/arguments";
import { openStore } from "../store/open-store";
import { snapshotIn } from "./data-file";
import { withDataSession } from "./data-session";
import { driftFindings } from "./drift-findings";
import { lastRegistered } from "./last-registered";
import { newLabelledRows } from "./new-rows";

/** Whether a run goes on, and why. */
export interface Detection {
  readonly due: boolean;
  readonly reason: string;
}

/**
 * Decides whether a run goes on. Only a run that a schedule started to look is ever stopped; what started it is known by its cron
 * expression (`SLIPWAY_EVENT`, `SLIPWAY_SCHEDULE`).
 */
export async function detect(context: CommandContext, args: Arguments): Promise<Detection> {
  const { env, manifest } = context;
  if (env.SLIPWAY_EVENT !== "schedule") return { due: true, reason: "the run was not started to look" };
  const trigger = triggerOf(manifest.pipeline.triggers, env.SLIPWAY_SCHEDULE ?? "");
  if (trigger.kind === "schedule") return { due: true, reason: "the schedule asks for a run" };
  const store = openStore(manifest.pipeline.store, env, context.repository);
  const last = await lastRegistered(store, manifest.pipeline.name);
  if (trigger.kind === "drift") {
    const findings = await driftFindings(store, manifest.pipeline.name, last?.measuredAt ?? null);
    const features = [...new Set(findings.map((each) => each.feature))].join(", ");
    return findings.length === 0
      ? { due: false, reason: "no drift was found since the last registered model" }
      : { due: true, reason: `drift was found since the last registered model: ${features}` };
  }
  if (last === null) return { due: true, reason: "no model is registered yet" };
  if (last.data === context.takes.get("data"))
    return { due: false, reason: "the data is that of the last registered model" };
  const contract = DataContract.fromDocument(manifest.contract, "of the release manifest");
  const file = await snapshotIn(context.work.handoff("data"));
  const rows = await withDataSession(context, args, { reads: [file.path] }, (session) =>
    newLabelledRows(session, contract, file, manifest.pipeline.heldOut, last.heldOutRows),
  );
  const found = `about ${Math.max(0, rows)} labelled rows are new since the last registered model, ${trigger.minLabelledRows} are asked for`;
  return { due: rows >= trigger.minLabelledRows, reason: found };
}

type Scheduled = Extract<TriggerDocument, { readonly cron: string }>;

function triggerOf(triggers: readonly TriggerDocument[], cron: string): Scheduled {
  const scheduled = triggers.filter((trigger): trigger is Scheduled => "cron" in trigger);
  const found = scheduled.find((trigger) => trigger.cron === cron);
  if (found !== undefined) return found;
  throw new InvalidInputError("slipway detect", [
    {
      path: "SLIPWAY_SCHEDULE",
      value: cron,
      says: "is the time of no trigger of this pipeline",
      remedy: `Known are ${scheduled.map((trigger) => trigger.cron).join("; ")}; deliver workflow and manifest together.`,
    },
  ]);
}
