import { knownStages, type StageNode } from "./known-stages";
import type { CustomStage, Line, PipelineDocument } from "./pipeline-document";

/** The stages of one line with everything that must come before each. */
export class StageGraph {
  private readonly byId: ReadonlyMap<string, StageNode>;

  /** The graph of a line as the document states it; a document that {@link checkPipeline} accepts has no unknown names and no cycles. */
  public static of(pipeline: PipelineDocument, line: Line): StageGraph {
    const customs = pipeline.customStages.filter(({ lines }) => lines.includes(line));
    const known = knownStages(pipeline, line);
    const ids = new Set([...known.map(({ id }) => id), ...customs.map(({ name }) => name)]);
    const stages = [...known, ...customs.map(customNode)].map((stage) => ({
      ...stage,
      // A stage of both lines may hold up stages that only one of them has.
      after: [
        ...stage.after,
        ...customs.filter(({ before }) => before.includes(stage.id)).map(({ name }) => name),
      ].filter((id, index, all) => ids.has(id) && all.indexOf(id) === index),
    }));
    return new StageGraph(line, stages);
  }

  private constructor(
    public readonly line: Line,
    public readonly stages: readonly StageNode[],
  ) {
    this.byId = new Map(stages.map((stage) => [stage.id, stage]));
  }

  /** A cycle as the ids along it, the first repeated at the end; `null` when there is none. */
  public findCycle(): readonly string[] | null {
    const done = new Set<string>();
    const path: string[] = [];
    const visit = (id: string): readonly string[] | null => {
      if (done.has(id)) return null;
      const at = path.indexOf(id);
      if (at >= 0) return [...path.slice(at), id];
      path.push(id);
      for (const before of this.byId.get(id)?.after ?? []) {
        const cycle = visit(before);
        if (cycle !== null) return cycle;
      }
      path.pop();
      done.add(id);
      return null;
    };
    for (const { id } of this.stages) {
      const cycle = visit(id);
      if (cycle !== null) return [...cycle].reverse();
    }
    return null;
  }

  /** Everything that must have succeeded before the stage starts, however far back. */
  public allBefore(id: string): ReadonlySet<string> {
    const found = new Set<string>();
    const open = [...(this.byId.get(id)?.after ?? [])];
    for (let each = open.pop(); each !== undefined; each = open.pop()) {
      if (found.has(each)) continue;
      found.add(each);
      open.push(...(this.byId.get(each)?.after ?? []));
    }
    return found;
  }

  /** The fewest stages whose success implies that of everything before: no edge that another path already says. */
  public directlyBefore(id: string): readonly string[] {
    const after = this.byId.get(id)?.after ?? [];
    return after.filter((each) => !after.some((other) => other !== each && this.allBefore(other).has(each)));
  }

  /** The stages in an order in which each comes after everything before it; stages that wait for nothing keep the order of the document. */
  public inOrder(): readonly StageNode[] {
    const placed = new Set<string>();
    const ordered: StageNode[] = [];
    let waiting = [...this.stages];
    while (waiting.length > 0) {
      const next = waiting.find(({ after }) => after.every((id) => placed.has(id)));
      if (next === undefined) throw new Error(`stages wait for one another: ${waiting.map(({ id }) => id).join(", ")}`);
      placed.add(next.id);
      ordered.push(next);
      waiting = waiting.filter((stage) => stage !== next);
    }
    return ordered;
  }
}

function customNode(stage: CustomStage): StageNode {
  return { id: stage.name, kind: "custom", environment: null, after: stage.after };
}
