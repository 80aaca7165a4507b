import { readFileSync } from "node:fs";

/** What cdktf synthesizes for one stack, as far as the tree shows it. */
export interface Plan {
  readonly terraform?: { readonly backend?: Readonly<Record<string, unknown>> };
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
}

export interface PlannedFile {
  readonly path: string;
  readonly content: string;
}

export function readPlan(path: string): Plan {
  return JSON.parse(readFileSync(path, "utf8")) as Plan;
}

/** The files that a plan delivers, as Terraform would write them: its doubled markers stand for themselves. */
export function plannedFiles(plan: Plan): readonly PlannedFile[] {
  return Object.values(plan.resource?.github_repository_file ?? {}).map((file) => ({
    path: String(file.file),
    content: String(file.content).replace(/\$\$(?=\{)|%%(?=\{)/g, (marker) => marker.charAt(0)),
  }));
}

/** What each kind of resource is to a reader, and which of its fields tells one from another. */
const KINDS: Readonly<
  Record<string, readonly [title: string, label: (fields: Readonly<Record<string, unknown>>) => string]>
> = {
  github_repository_environment: ["Protected environments", (fields) => text(fields.environment)],
  github_actions_environment_variable: [
    "What each environment accepts",
    (fields) =>
      `${text(fields.environment).replace(/^.*_environment-([a-z-]+)_.*$/, "$1")}: ${text(fields.variable_name)}`,
  ],
  github_repository_environment_deployment_policy: ["Who reaches an environment", () => "the default branch alone"],
  github_repository_file: [
    "Files in the model repository",
    (fields) => `${text(fields.file)}  ${Math.ceil(text(fields.content).length / 1024)} KiB`,
  ],
  github_repository_pull_request: ["Pull request that delivers them", (fields) => text(fields.title)],
  github_repository_ruleset: ["Rules of the default branch", (fields) => text(fields.name)],
};

/** The resources of a plan as a tree for people. */
export function planTree(plan: Plan): string {
  const kinds = Object.entries(plan.resource ?? {}).map(([kind, resources]) => {
    const [title, label] = KINDS[kind] ?? [kind, () => ""];
    const labels = [...new Set(Object.values(resources).map(label))].sort();
    return {
      title: KINDS[kind] === undefined ? `${title} (${labels.length})` : title,
      labels: labels.filter((each) => each !== ""),
    };
  });
  const backend = Object.keys(plan.terraform?.backend ?? {})[0] ?? "local";
  return [`Terraform plan, state in ${backend}`, ...branches(kinds)].join("\n");
}

function branches(kinds: readonly { readonly title: string; readonly labels: readonly string[] }[]): readonly string[] {
  return kinds.flatMap(({ title, labels }, index) => {
    const last = index === kinds.length - 1;
    return [
      `${last ? "└─" : "├─"} ${title}`,
      ...labels.map((label, at) => `${last ? "  " : "│ "} ${at === labels.length - 1 ? "└─" : "├─"} ${label}`),
    ];
  });
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
