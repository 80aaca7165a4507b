import { Problems, type Problem } from "../problems";
import { checkName } from "./names-and-paths";
import type { PipelineDocument } from "./pipeline-document";

/** Environments that Slipway's own jobs run in; see lib/jobs/job-environments.ts. */
const RESERVED_ENVIRONMENTS: readonly string[] = [
  "acquire",
  "data",
  "baseline",
  "training",
  "gate",
  "images",
  "registry",
];

function isHttpAddress(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url !== null && ["http:", "https:"].includes(url.protocol) && url.username + url.search + url.hash === "";
}

/** What is wrong with the environments and their order. */
export function environmentProblems({ environments, registry }: PipelineDocument): readonly Problem[] {
  const problems = new Problems();
  environments.forEach(({ name, service, servedAt }, index) => {
    const path = `environments[${index}]`;
    checkName(problems, `${path}.name`, name);
    if (service !== null) checkName(problems, `${path}.service`, service);
    if (servedAt !== null && !isHttpAddress(servedAt)) {
      problems.add(
        `${path}.servedAt`,
        servedAt,
        "is not an address of a server",
        "Give one that begins with http:// or https://, without user, query or fragment.",
      );
    }
    if (RESERVED_ENVIRONMENTS.includes(name)) {
      problems.add(
        `${path}.name`,
        name,
        "is the environment of one of Slipway's own jobs",
        `Choose a name other than ${RESERVED_ENVIRONMENTS.join(", ")}.`,
      );
    }
    if (environments.slice(0, index).some((other) => other.name === name)) {
      problems.add(`${path}.name`, name, "is listed twice", "List each environment once, in order of promotion.");
    }
    if (name === "production" && index < environments.length - 1) {
      problems.add(
        `${path}.name`,
        name,
        `comes before ${JSON.stringify(environments[index + 1]!.name)}`,
        "List production last: models are promoted in the order of this list.",
      );
    }
  });
  if (environments.length > 0 && registry === null) {
    problems.add(
      "registry",
      false,
      "promotes models that are registered nowhere",
      "Give a registry, or no environments.",
    );
  }
  return problems.list;
}
