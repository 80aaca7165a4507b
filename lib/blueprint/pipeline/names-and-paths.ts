import type { Problems } from "../problems";

/** Pipelines, stages and environments become file names, job names and GitHub environments: one alphabet suits them all. */
const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const LONGEST_NAME = 60;

const CONTROL_EXCEPT_TAB_AND_LINE_FEED = /[\u0000-\u0008\u000b-\u001f\u007f]/;
const HALF_A_SURROGATE_PAIR = /\p{Surrogate}/u;

export function checkName(problems: Problems, path: string, name: string): void {
  if (!NAME.test(name)) {
    problems.add(path, name, "is not a name", "Use lower-case letters, digits and single dashes, a letter first.");
  } else if (name.length > LONGEST_NAME) {
    problems.add(path, name, `is longer than ${LONGEST_NAME} characters`, "Give it a shorter name.");
  }
}

/** A command as the shell gets it: something to run, and nothing that no shell script can hold. */
export function checkCommand(problems: Problems, path: string, command: string): void {
  if (command.trim() === "") {
    problems.add(path, command, "is an empty command", "Give the command to run, or leave the property out.");
  } else if (CONTROL_EXCEPT_TAB_AND_LINE_FEED.test(command) || HALF_A_SURROGATE_PAIR.test(command)) {
    problems.add(
      path,
      command,
      "holds a control character or half a surrogate pair",
      "Write the command with printable characters, tabs and line feeds only.",
    );
  }
}

/** A path inside the model repository, written the same way on every system. */
export function checkRelativePath(problems: Problems, path: string, value: string): void {
  const remedy = "Give a path with forward slashes that stays inside the repository.";
  if (value.trim() === "" || CONTROL_EXCEPT_TAB_AND_LINE_FEED.test(value) || /[\n\t]/.test(value)) {
    problems.add(path, value, "is not a path", remedy);
  } else if (value.startsWith("/") || value.includes("\\") || /^[A-Za-z]:/.test(value)) {
    problems.add(path, value, "is not a relative path with forward slashes", remedy);
  } else if (value.split("/").includes("..")) {
    problems.add(path, value, "leads outside", remedy);
  }
}
