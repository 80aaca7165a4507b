import { ExitCode } from "../../../lib/runtime/exit-codes";
import { GatedPipeline } from "./a-gated-model";

let pipeline: GatedPipeline;

beforeEach(async () => {
  pipeline = new GatedPipeline("claims", "");
  await pipeline.gate("first", "none");
});

afterEach(() => {
  pipeline.repository.remove();
});

test.each([["register"], ["promote", "staging"]])("%s %s says which server is missing", async (...args) => {
  const { exitCode, document } = await pipeline.repository.slipway(args, pipeline.env);
  expect(exitCode).toBe(ExitCode.brokenEnvironment);
  expect(document.error?.message).toContain("MLFLOW_TRACKING_URI");
});

test("an environment that the pipeline does not have is bad input, with those it has", async () => {
  const { exitCode, stderr } = await pipeline.promote("prod");
  expect(exitCode).toBe(ExitCode.badInput);
  expect(stderr).toContain("Known are staging, production.");
});

test("nobody promotes without knowing whom to trust", async () => {
  const { exitCode, document } = await pipeline.promote("staging", { SLIPWAY_SIGNERS: "" });
  expect(exitCode).toBe(ExitCode.brokenEnvironment);
  expect(document.error?.message).toContain("SLIPWAY_SIGNERS");
});
