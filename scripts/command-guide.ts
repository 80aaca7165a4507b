/**
 * Writes docs/guides/command.md from the definitions of the commands: `npx tsx scripts/command-guide.ts`. A test compares.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { commonOptions, exitCodeMeanings } from "../lib/runtime/command-line";
import { commandList, loadCommand } from "../lib/runtime/commands/command-list";
import type { CommandModule, CommandOption } from "../lib/runtime/commands/command-module";

export const guideFile = join(__dirname, "..", "docs", "guides", "command.md");

const generatedFrom = "<!-- Below this line: generated from the commands by scripts/command-guide.ts -->";

/** The guide as it should be: what people wrote above the line, what the commands say below it. */
export function commandGuide(written: string): string {
  const [above] = written.split(generatedFrom);
  return [
    above!.trimEnd(),
    generatedFrom,
    "## Exit codes",
    exitCodeMeanings.map(([code, meaning]) => `- \`${code}\` ${meaning}`).join("\n"),
    "## Options of every command",
    optionList(commonOptions),
    ...commandList.map((listed) => section(loadCommand(listed))),
  ]
    .join("\n\n")
    .concat("\n");
}

function section({ name, summary, description, arguments: given = [], options }: CommandModule): string {
  const usage = [
    "slipway",
    name,
    ...given.map((each) => (each.required === false ? `[${each.name}]` : `<${each.name}>`)),
  ];
  const parts = [`## slipway ${name}`, `${capital(summary)}.`, `    ${usage.join(" ")}`, escapeText(description)];
  const choices = given.flatMap((each) =>
    each.choices === undefined
      ? []
      : [`- \`<${each.name}>\`: ${each.choices.map((choice) => `\`${choice}\``).join(", ")}`],
  );
  if (choices.length > 0) parts.push(choices.join("\n"));
  if (options.length > 0) parts.push(optionList(options));
  return parts.join("\n\n");
}

function optionList(options: readonly CommandOption[]): string {
  return options
    .map(
      ({ name, value, summary }) =>
        `- \`--${name}${value === undefined ? "" : ` <${value}>`}\`: ${escapeText(summary)}`,
    )
    .join("\n");
}

/** Help is plain text; in Markdown its angle brackets and stars would vanish. */
function escapeText(text: string): string {
  return text.replace(/[<*_]/g, "\\$&");
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

if (require.main === module) writeFileSync(guideFile, commandGuide(readFileSync(guideFile, "utf8")));
