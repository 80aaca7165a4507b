/**
 * The rooms of the house and what each may import besides itself. eslint holds every file to this table;
 * docs/architecture.md draws what the imports really are.
 * @type {{ name: string, does: string, imports: string[] }[]}
 */
export const rooms = [
  { name: "blueprint", does: "SAY: pure values; parses text, reads no files", imports: [] },
  { name: "verdict", does: "DECIDE: thresholds, intervals, evidence statements", imports: ["blueprint"] },
  { name: "jobs", does: "DECIDE: the graph lowered to jobs, for every engine", imports: ["blueprint"] },
  { name: "renderers", does: "RENDER: pure text out", imports: ["blueprint", "verdict", "jobs"] },
  {
    name: "constructs/pipeline",
    does: "BUILD: MlPipeline; knows no provider",
    imports: ["blueprint", "jobs", "renderers"],
  },
  {
    name: "constructs/github",
    does: "BUILD: repository, environments, files, ruleset",
    imports: ["blueprint", "jobs", "renderers"],
  },
  {
    name: "constructs/docker",
    does: "BUILD: image, registry on a Docker host",
    imports: ["blueprint", "renderers"],
  },
  {
    name: "runtime",
    does: "RUN: the slipway command and the laptop engine",
    imports: ["blueprint", "verdict", "jobs"],
  },
];

/** The room a file below lib/ stands in; undefined for the package's entry points. */
export function roomOf(fileBelowLib) {
  return rooms.find((room) => fileBelowLib.startsWith(`${room.name}/`));
}
