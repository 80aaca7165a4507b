import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { InvalidInputError } from "../../../lib/blueprint/problems";
import { repeated, rowsOf } from "../../../lib/runtime/serving/example-request";
import { modelExamples } from "../../../lib/runtime/serving/model-examples";
import { readPayloadFile } from "../../../lib/runtime/serving/payload-file";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-examples-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function write(name: string, content: string): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

describe("a request's rows", () => {
  const forms = [
    { dataframe_split: { columns: ["a"], data: [[1], [2]] } },
    { dataframe_records: [{ a: 1 }, { a: 2 }] },
    { instances: [[1], [2]] },
    { inputs: { a: [1, 2], b: [3, 4] } },
    { inputs: [[1], [2]] },
  ];
  test.each(forms)("are counted and repeated: %j", (form) => {
    expect(rowsOf(form)).toBe(2);
    const longer: unknown = JSON.parse(repeated(JSON.stringify(form), 5));
    expect(rowsOf(longer)).toBe(6);
    expect(Object.keys(longer as object)).toEqual(Object.keys(form));
  });

  test.each([null, 1, {}, { rows: [] }, { inputs: 1 }, { instances: [], inputs: [] }, { dataframe_split: {} }])(
    "are none in %j",
    (other) => {
      expect(rowsOf(other)).toBeNull();
    },
  );
});

test("payloads are requests, with the scores where they are known", async () => {
  const file = write(
    "p.jsonl",
    '{"instances": [[1]]}\n\n{"request": {"instances": [[1], [2]]}, "predictions": [0.5, 1]}\n',
  );
  expect(await readPayloadFile(file)).toEqual([
    { body: '{"instances":[[1]]}', rows: 1, expected: null },
    { body: '{"instances":[[1],[2]]}', rows: 2, expected: [0.5, 1] },
  ]);
});

test("every line that is no payload is said", async () => {
  const file = write("p.jsonl", '{\n{"rows": 1}\n{"request": {"instances": [[1]]}, "predictions": [1, 2]}\n');
  const error = await readPayloadFile(file).catch((each: unknown) => each);
  expect((error as InvalidInputError).problems.map(({ path }) => path)).toEqual(["line 1", "line 2", "line 3"]);
  await expect(readPayloadFile(write("empty", "\n"))).rejects.toThrow("holds no request");
  await expect(readPayloadFile(join(folder, "none"))).rejects.toThrow("cannot be read");
});

describe("a model's example requests", () => {
  const inputs = JSON.stringify([
    { type: "double", name: "age", required: true },
    { type: "string", name: "site", required: false },
  ]);

  test("are made up from its signature", async () => {
    write("MLmodel", `signature:\n  inputs: '${inputs}'\n`);
    const { columns, requests } = await modelExamples(folder);
    expect(columns.map(({ name }) => name)).toEqual(["age", "site"]);
    expect(JSON.parse(requests[0]!.body)).toEqual({
      dataframe_split: { columns: ["age", "site"], data: [[0.5, "a"]] },
    });
  });

  test("are its own input example where it was saved with one, also in a folder below", async () => {
    mkdirSync(join(folder, "model"));
    write("model/MLmodel", `signature:\n  inputs: '${inputs}'\n`);
    write("model/serving_input_example.json", '{"dataframe_records": [{"age": 41, "site": "north"}]}');
    expect((await modelExamples(folder)).requests).toEqual([
      { body: '{"dataframe_records": [{"age": 41, "site": "north"}]}', rows: 1, expected: null },
    ]);
  });

  test.each([
    ["no MLmodel", null, /MLmodel/],
    ["no signature", "flavors: {}\n", /names no columns/],
    ["a tensor", `signature:\n  inputs: '[{"type":"tensor","name":"x"}]'\n`, /type tensor/],
  ])("cannot be had of one with %s", async (_, mlmodel, says) => {
    if (mlmodel !== null) write("MLmodel", mlmodel);
    await expect(modelExamples(folder)).rejects.toThrow(says);
  });
});
