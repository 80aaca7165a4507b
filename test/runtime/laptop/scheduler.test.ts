import fc from "fast-check";
import { schedule } from "../../../lib/runtime/laptop/scheduler";
import { type Ending, succeeded, type Task } from "../../../lib/runtime/laptop/task";

type End = Ending["state"];

interface Case {
  readonly tasks: readonly Task[];
  readonly ends: ReadonlyMap<string, End>;
  readonly limit: number;
  /** After how many starts the run is stopped. */
  readonly stopAfter: number;
}

/** Acyclic graphs of up to twelve tasks: each may need any that came before it. */
const cases: fc.Arbitrary<Case> = fc
  .array(
    fc.record({
      needs: fc.array(fc.nat(), { maxLength: 4 }),
      asks: fc.nat(7),
      end: fc.constantFrom<End>("passed", "passed", "passed", "kept", "failed", "cancelled"),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .chain((drawn) =>
    fc.record({ limit: fc.integer({ min: 1, max: 4 }), stopAfter: fc.integer({ min: 0, max: 20 }) }).map((rest) => ({
      tasks: drawn.map(({ needs, asks }, index) => ({
        id: `t${index}`,
        title: "",
        needs: index === 0 ? [] : [...new Set(needs.map((need) => `t${need % index}`))],
        awaitsApproval: asks === 0,
      })),
      ends: new Map(drawn.map(({ end }, index) => [`t${index}`, end])),
      ...rest,
    })),
  );

async function play({ tasks, ends, limit, stopAfter }: Case) {
  const stop = new AbortController();
  const ended = new Map<string, End>();
  const started: string[] = [];
  const unsound: string[] = [];
  let running = 0;
  let most = 0;
  const statuses = await schedule([...tasks].reverse(), {
    limit,
    signal: stop.signal,
    now: () => 0,
    changed: () => undefined,
    perform: async (task) => {
      most = Math.max(most, ++running);
      started.push(task.id);
      if (
        stop.signal.aborted ||
        task.awaitsApproval ||
        !task.needs.every((id) => succeeded(ended.get(id) ?? "waiting"))
      )
        unsound.push(task.id);
      if (started.length === stopAfter) stop.abort();
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      ended.set(task.id, ends.get(task.id)!);
      return { state: ends.get(task.id)!, note: null, exitCode: null };
    },
  });
  return { statuses, started, unsound, most, stopped: stop.signal.aborted };
}

describe("a schedule, whatever the graph and however tasks end", () => {
  test("starts a task only when everything it needs succeeded, once, within the limit", async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (given) => {
        const { started, unsound, most } = await play(given);
        expect(unsound).toEqual([]);
        expect(new Set(started).size).toBe(started.length);
        expect(most).toBeLessThanOrEqual(given.limit);
      }),
      { numRuns: 1000 },
    );
  });

  test("leaves no task undecided, and skips exactly what a failure or a missing approval cuts off", async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (given) => {
        const { statuses, stopped } = await play(given);
        fc.pre(!stopped);
        const state = new Map(statuses.map((status) => [status.task.id, status.state]));
        for (const task of given.tasks) {
          const free = task.needs.every((id) => succeeded(state.get(id)!));
          const expected = !free ? "skipped" : task.awaitsApproval ? "approval" : given.ends.get(task.id);
          expect(state.get(task.id)).toBe(expected);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

test("tasks that need each other are an error, not a wait", async () => {
  const task = (id: string, need: string): Task => ({ id, title: "", needs: [need], awaitsApproval: false });
  await expect(
    play({ tasks: [task("a", "b"), task("b", "a")], ends: new Map(), limit: 1, stopAfter: 0 }),
  ).rejects.toThrow("can never start");
});
