import type { PipelineDocument } from "../../../lib/blueprint/pipeline/pipeline-document";
import type { Job } from "../../../lib/jobs/job";
import { lower } from "../../../lib/jobs/lower";
import { jobEnvironment } from "../../../lib/runtime/laptop/job-environment";

const pipeline: PipelineDocument = {
  name: "risk",
  root: ".",
  python: { version: "3.11", manager: "pip", lockFile: "requirements.txt" },
  commands: { lint: "true", test: "true", train: "true", predict: null },
  data: { kind: "command", run: "true", output: "data.csv", sample: null },
  heldOut: { fraction: 0.2, from: null, seed: 1 },
  customStages: [],
  triggers: [{ kind: "push" }],
  environments: [{ name: "staging", approval: false, service: null, servedAt: null, needsLatencyVerdict: false }],
  registry: { kind: "mlflow", model: "risk", experiment: "risk" },
  store: { kind: "directory", path: ".slipway-store" },
  signing: { kind: "keyless" },
  packaging: null,
  interfaceVersion: 1,
  timeoutMinutes: {},
};

const user = {
  PATH: "/usr/bin",
  HOME: "/home/me",
  MLFLOW_TRACKING_TOKEN: "tracking-token",
  AWS_SECRET_ACCESS_KEY: "cloud-key",
  GITHUB_TOKEN: "forge-token",
  SLIPWAY_HANDOFF_KEY: "handoff-key",
  DATABASE_PASSWORD: "somebody's password",
};

const place = {
  work: "/run/work",
  manifestDigest: "sha256:0",
  summary: "/run/summary.md",
  pythonPrograms: "/venv/bin",
};
const variables = { MLFLOW_TRACKING_URI: "http://127.0.0.1:1", SLIPWAY_STORE: "file:///s", SLIPWAY_SIGNERS: "[]" };
const jobs = lower({ pipeline }, "delivery");
const environmentOf = (job: Job) => jobEnvironment(job, { user, signingKey: "signing-key", variables }, place);

describe.each(jobs.map((job) => [job.id, job] as const))("job %s", (_, job) => {
  const values = Object.values(environmentOf(job));

  test("never sees what no job declares", () => {
    for (const secret of ["forge-token", "handoff-key", "somebody's password"]) expect(values).not.toContain(secret);
  });

  test("sees a secret exactly when it may have it in its hands", () => {
    expect(values.includes("signing-key")).toBe(job.holdings.signingKey);
    expect(values.includes("tracking-token")).toBe(job.secrets.includes("MLFLOW_TRACKING_TOKEN"));
    expect(values.includes("cloud-key")).toBe(job.holdings.cloudIdentity);
    expect(values.includes("file:///s")).toBe(job.variables.includes("SLIPWAY_STORE"));
  });

  test("says that it runs on a laptop", () => {
    expect(environmentOf(job).SLIPWAY_ASSURANCE).toBe("laptop");
  });
});

test("no job with user code holds the signing key", () => {
  const keyed = jobs.filter((job) => Object.values(environmentOf(job)).includes("signing-key"));
  expect(keyed.length).toBeGreaterThan(0);
  expect(keyed.filter(({ holdings }) => holdings.userCode)).toEqual([]);
});

test("what the user's shell says wins over the laptop's own address", () => {
  const train = jobs.find(({ id }) => id === "train")!;
  const set = { ...user, MLFLOW_TRACKING_URI: "https://mlflow.example.com" };
  const env = jobEnvironment(train, { user: set, signingKey: "", variables }, place);
  expect(env.MLFLOW_TRACKING_URI).toBe("https://mlflow.example.com");
});
