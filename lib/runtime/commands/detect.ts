import { detect } from "../data/detect";
import { sessionOptions } from "../data/data-session";
import type { CommandModule } from "./command-module";

export const command: CommandModule = {
  name: "detect",
  summary: "look whether new data or drift calls for a retraining",
  description: `Decides whether a run goes on and writes it as the output due, true or false. Only runs that a newData or drift trigger
started to look ($SLIPWAY_EVENT is schedule, $SLIPWAY_SCHEDULE the trigger's cron expression) are ever stopped.

newData: at least the asked number of labelled rows is new since the last registered model, estimated from the held-out rows that its
evidence counts. drift: monitoring filed a finding in the store since the last registered model.`,
  options: sessionOptions,
  takes: () => ["data"],
  async run(context, args) {
    const { due, reason } = await detect(context, args);
    context.out.say(`${due ? "due" : "not due"}: ${reason}`);
    context.out.summary(`### ${due ? "Due" : "Not due"}\n\n${reason[0]!.toUpperCase()}${reason.slice(1)}.`);
    return { outcome: "passed", report: { due, reason }, outputs: { due: String(due) } };
  },
};
