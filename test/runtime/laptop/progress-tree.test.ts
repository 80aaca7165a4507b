import { duration, renderTree } from "../../../lib/runtime/laptop/progress-tree";
import type { TaskState, TaskStatus } from "../../../lib/runtime/laptop/task";

function status(
  id: string,
  state: TaskState,
  startedAt: number | null,
  endedAt: number | null,
  note: string | null = null,
): TaskStatus {
  return { task: { id, title: id, needs: [], awaitsApproval: false }, state, startedAt, endedAt, note, exitCode: null };
}

const statuses = [
  status("lint", "kept", 0, 10, "kept from the earlier run"),
  status("train", "passed", 1000, 63_000),
  status("gate", "failed", 63_000, 64_500, "refused: auc 0.5 is below 0.65"),
  status("predict", "running", 70_000, null),
  status("register", "skipped", null, null, "needs gate"),
  status("promote-production", "approval", null, null, "waits for an approval"),
  status("verify", "waiting", null, null),
];

test("a run is a tree of text: mark, name, duration, what there is to say", () => {
  const lines = renderTree(statuses, { title: "insurance-risk", now: 72_000, colour: false, width: 80 });
  expect(lines).toEqual([
    "insurance-risk",
    "├─ = lint                            kept from the earlier run",
    "├─ ✓ train               1 min 02 s",
    "├─ ✗ gate                     1.5 s  refused: auc 0.5 is below 0.65",
    "├─ ▸ predict                  2.0 s  running",
    "├─ - register                        needs gate",
    "├─ ? promote-production              waits for an approval",
    "└─ · verify",
  ]);
});

test("lines are cut to the terminal, so that redrawing meets the lines it drew", () => {
  const lines = renderTree(statuses, { title: "insurance-risk", now: 72_000, colour: false, width: 30 });
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(30);
});

test("colour changes how a line looks and not what it says", () => {
  const options = { title: "insurance-risk", now: 72_000, width: 80 };
  const coloured = renderTree(statuses, { ...options, colour: true }).join("\n");
  expect(coloured.replace(/\u001b\[\d+m/g, "")).toBe(renderTree(statuses, { ...options, colour: false }).join("\n"));
});

test.each([
  [400, "0.4 s"],
  [59_940, "59.9 s"],
  [59_960, "1 min 00 s"],
  [185_000, "3 min 05 s"],
])("%d ms is %s", (milliseconds, text) => {
  expect(duration(milliseconds)).toBe(text);
});
