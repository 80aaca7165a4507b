import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execFileSync } from "node:child_process";
import type { ModelSignature } from "../../../lib/blueprint/serving/model-signature";
import { mlflowSignature } from "../../../lib/runtime/model/mlflow-signature";
import { readServingDescription, writeServingDescription } from "../../../lib/runtime/model/serving-description";
import { describeWith, pythonWith } from "../../tools";
import { temporaryFolder } from "../temporary-folder";

const folder = temporaryFolder();

describeWith(
  () => pythonWith("mlflow"),
  "signatures as MLflow writes them",
  (python) => {
    const models = join(folder, "models");
    let told: Readonly<Record<string, ModelSignature | null>>;

    beforeAll(() => {
      const script = join(__dirname, "write_signatures.py");
      told = JSON.parse(execFileSync(python, [script, models], { encoding: "utf8" })) as typeof told;
    });

    test.each(["frame", "optional", "tensor", "nested", "none"])("%s", async (name) => {
      const read = await mlflowSignature(join(models, name));
      const sides = ({ inputs, outputs }: ModelSignature): object => ({
        inputs: inputs.map(({ name: column, required }) => ({ name: column, required })),
        outputs: outputs.map(({ name: column, required }) => ({ name: column, required })),
      });
      expect(read === null ? null : sides(read)).toEqual(told[name]);
      expect(read).toMatchSnapshot();
    });

    test("of the only model below the folder", async () => {
      const above = join(folder, "above");
      mkdirSync(join(above, "model"), { recursive: true });
      writeFileSync(join(above, "model", "MLmodel"), readFileSync(join(models, "optional", "MLmodel")));
      expect(await mlflowSignature(above)).toEqual(await mlflowSignature(join(models, "optional")));
    });
  },
);

describe("what goes into the model folder", () => {
  const fresh = (name: string): string => {
    const model = join(folder, name);
    mkdirSync(model);
    writeFileSync(join(model, "weights.bin"), "w");
    return model;
  };

  test("is read back as it was written", async () => {
    const model = fresh("plain");
    const written = await writeServingDescription(model, { kind: "topFraction", fraction: 0.1 }, 0.31);
    expect(written).toMatchObject({ signature: null, decisionThreshold: 0.31 });
    expect(await readServingDescription(model)).toEqual(written);
  });

  test("takes the policy's score as the threshold, and no other", async () => {
    const byScore = { kind: "scoreAtLeast", score: 0.5 } as const;
    expect((await writeServingDescription(fresh("policy"), byScore, null)).decisionThreshold).toBe(0.5);
    await expect(writeServingDescription(fresh("contradicts"), byScore, 0.4)).rejects.toMatchObject({
      check: "decision-threshold-differs",
    });
  });

  test("is Slipway's to write", async () => {
    const model = fresh("taken");
    writeFileSync(join(model, "slipway-serving.json"), "{}");
    await expect(writeServingDescription(model, null, null)).rejects.toMatchObject({ check: "reserved-file-name" });
  });

  test("a model without one has none; a file of another kind is refused", async () => {
    const model = fresh("older");
    expect(await readServingDescription(model)).toBeNull();
    writeFileSync(join(model, "slipway-serving.json"), '{"kind":"other"}');
    await expect(readServingDescription(model)).rejects.toThrow("is no serving description of version 1");
  });

  test("an MLmodel that cannot be read is said by name", async () => {
    const model = fresh("broken");
    writeFileSync(join(model, "MLmodel"), "signature:\n  inputs: '[{'\n");
    await expect(mlflowSignature(model)).rejects.toThrow("MLmodel: signature");
  });
});
