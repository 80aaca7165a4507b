import { Problems, type Problem } from "../problems";
import type { TriggerDocument } from "./pipeline-document";

/** The five fields of a cron expression with the least and greatest number each takes. */
const CRON_FIELDS: readonly { readonly name: string; readonly least: number; readonly greatest: number }[] = [
  { name: "minute", least: 0, greatest: 59 },
  { name: "hour", least: 0, greatest: 23 },
  { name: "day of month", least: 1, greatest: 31 },
  { name: "month", least: 1, greatest: 12 },
  { name: "day of week", least: 0, greatest: 6 },
];

/** What is wrong with the triggers. */
export function triggerProblems(triggers: readonly TriggerDocument[]): readonly Problem[] {
  const problems = new Problems();
  const crons = new Set<string>();
  triggers.forEach((trigger, index) => {
    const path = `triggers[${index}]`;
    if (
      trigger.kind === "newData" &&
      !(Number.isSafeInteger(trigger.minLabelledRows) && trigger.minLabelledRows >= 1)
    ) {
      problems.add(
        `${path}.minLabelledRows`,
        trigger.minLabelledRows,
        "is not a whole number from 1",
        "Say how many new labelled rows are worth a training, for example 1000.",
      );
    }
    if (!("cron" in trigger)) return;
    checkCron(problems, `${path}.cron`, trigger.cron);
    if (crons.has(trigger.cron)) {
      problems.add(
        `${path}.cron`,
        trigger.cron,
        "is the time of two triggers, and a run could not tell which of them started it",
        "Move one of them by a minute.",
      );
    }
    crons.add(trigger.cron);
  });
  if (triggers.every(({ kind }) => kind === "pullRequest" || kind === "mergeGroup")) {
    problems.add(
      "triggers",
      triggers.map(({ kind }) => kind),
      "never start delivery",
      "Add `Trigger.push()`, `Trigger.weekly()` or another one.",
    );
  }
  return problems.list;
}

function checkCron(problems: Problems, path: string, cron: string): void {
  const fields = cron.split(" ");
  const remedy = "Give five fields such as `17 3 * * 1`: minute, hour, day of month, month, day of week, in UTC.";
  if (fields.length !== CRON_FIELDS.length) {
    problems.add(path, cron, `has ${fields.length} field${fields.length === 1 ? "" : "s"}, not five`, remedy);
    return;
  }
  CRON_FIELDS.forEach((field, index) => {
    const text = fields[index]!;
    if (!text.split(",").every((part) => isCronPart(part, field.least, field.greatest))) {
      problems.add(path, cron, `has ${JSON.stringify(text)} as its ${field.name}`, remedy);
    }
  });
}

/** `*`, `7`, `1-5`, each with or without a step such as `/15`. */
function isCronPart(part: string, least: number, greatest: number): boolean {
  const match = /^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,2}))?$/.exec(part);
  if (match === null) return false;
  const [from, to, step] = [match[1], match[2], match[3]].map((text) =>
    text === undefined ? undefined : Number(text),
  );
  const inside = (value: number | undefined): boolean => value === undefined || (value >= least && value <= greatest);
  return inside(from) && inside(to) && (from ?? least) <= (to ?? greatest) && step !== 0;
}
