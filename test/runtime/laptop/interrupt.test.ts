import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { temporaryFolder } from "../temporary-folder";
import { readPipe, SmallModelRepository } from "./small-model-repository";

const cache = temporaryFolder();
let repository: SmallModelRepository;
let pipe: string;

/** A linter that starts a process, says who both are, and never ends by itself. */
function hanging(before = ""): SmallModelRepository {
  return new SmallModelRepository(cache, {
    data: { kind: "file", path: "data/payments.csv", sample: null },
    commands: {
      lint: `test -e go-on || { ${before} sleep 1000 & echo $$ $! > .slipway-run/pids; wait; }`,
      test: "true",
      train: "true",
      predict: null,
    },
  });
}

function prepare(made: SmallModelRepository): void {
  repository = made;
  pipe = join(repository.folder, ".slipway-run", "pids");
  repository.write({ ".slipway-run/.keep": "" });
  execFileSync("mkfifo", [pipe]);
}

afterEach(() => {
  repository.remove();
});

async function startedProcesses(): Promise<readonly number[]> {
  return (await readPipe(pipe)).trim().split(" ").map(Number);
}

/** Processes that are there and do more than wait for somebody to read how they ended. */
function alive(pids: readonly number[]): readonly number[] {
  return pids.filter((pid) => {
    const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" });
    return stdout.trim() !== "" && !stdout.trim().startsWith("Z");
  });
}

test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
  "%s ends everything that was started, says how to go on, and the next run does",
  async (signal) => {
    prepare(hanging());
    const run = repository.start(["--line", "review"]);
    const pids = await startedProcesses();
    expect(alive(pids)).toEqual(pids);
    run.process.kill(signal);
    const { exitCode, stdout, stderr } = await run.ended;
    expect(exitCode).toBe(5);
    expect(alive(pids)).toEqual([]);
    expect(stdout).toContain("Stopped");
    expect(stdout).toContain("slipway run --pipeline payments --line review --resume");
    expect(stderr).toContain("the run was stopped; everything it started has ended");

    repository.write({ ".gitignore": ".slipway-run/\ngo-on\n", "go-on": "" });
    const resumed = await repository.report(["--line", "review", "--resume"]);
    expect(resumed).toMatchObject({ outcome: "passed", states: { lint: "passed", test: "passed" } });
  },
);

test("a child that does not listen is ended too, once who started it is gone", async () => {
  prepare(hanging("(trap '' TERM; exec >/dev/null 2>&1; sleep 1000) &"));
  const run = repository.start(["--line", "review"]);
  const [leader = 0] = await startedProcesses();
  const group = (): string => spawnSync("ps", ["-eo", "pgid=,stat="], { encoding: "utf8" }).stdout;
  run.process.kill("SIGINT");
  await run.ended;
  const left = group()
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([pgid, stat = ""]) => Number(pgid) === leader && !stat.startsWith("Z"));
  expect(left).toEqual([]);
});

test("what a job leaves running is ended with the job, and nobody waits for it", async () => {
  prepare(
    new SmallModelRepository(cache, {
      data: { kind: "file", path: "data/payments.csv", sample: null },
      commands: { lint: "sleep 1000 & echo $! > .slipway-run/pids", test: "true", train: "true", predict: null },
    }),
  );
  const run = repository.start(["--line", "review"]);
  const pids = await startedProcesses();
  expect((await run.ended).exitCode).toBe(0);
  expect(alive(pids)).toEqual([]);
});
