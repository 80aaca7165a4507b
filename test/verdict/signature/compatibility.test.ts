import fc from "fast-check";
import type { ModelSignature, SignatureColumn } from "../../../lib/blueprint/serving/model-signature";
import { breakingChanges, type ModelInterface } from "../../../lib/verdict/signature/compatibility";

const column = (name: string | null, type = "double", required = true): SignatureColumn => ({ name, type, required });

function withSignature(signature: ModelSignature | null, decisionThreshold: number | null = null): ModelInterface {
  return { version: 1, signature, decisionThreshold };
}

const present = withSignature({
  inputs: [column("age", "long"), column("income"), column("plan", "string", false)],
  outputs: [column(null)],
});

function changed(change: Partial<ModelSignature>): readonly string[] {
  return breakingChanges(present, withSignature({ ...present.signature!, ...change }));
}

describe("what breaks the clients of a model", () => {
  test.each<[string, Partial<ModelSignature>, readonly string[]]>([
    [
      "a new input that must be sent",
      { inputs: [...present.signature!.inputs, column("site")] },
      ['it asks for the new input "site"'],
    ],
    [
      "an input of another type",
      { inputs: [column("age", "string"), column("income"), column("plan", "string", false)] },
      ['its input "age" is string, clients send long'],
    ],
    [
      "an input that could be left out",
      { inputs: [column("age", "long"), column("income"), column("plan", "string")] },
      ['its input "plan" may no longer be left out'],
    ],
    [
      "an output of another type",
      { outputs: [column(null, "long")] },
      ["its output (unnamed) is long, clients read double"],
    ],
    ["an output with a name", { outputs: [column("score")] }, ["it no longer gives (unnamed)"]],
    ["a second unnamed output", { outputs: [column(null), column(null)] }, ["it gives a further unnamed output"]],
  ])("%s", (_, change, says) => {
    expect(changed(change)).toEqual(says);
  });

  test.each<[string, Partial<ModelSignature>]>([
    ["an input less", { inputs: [column("age", "long"), column("income")] }],
    ["a new input that may be left out", { inputs: [...present.signature!.inputs, column("site", "string", false)] }],
    ["inputs in another order", { inputs: [...present.signature!.inputs].reverse() }],
    [
      "an input that may now be left out",
      { inputs: [column("age", "long", false), column("income"), column("plan", "string", false)] },
    ],
    ["a further named output", { outputs: [column(null), column("reason", "string")] }],
  ])("does not: %s", (_, change) => {
    expect(changed(change)).toEqual([]);
  });

  test("a model without a signature breaks those of one that has it, and no others", () => {
    expect(breakingChanges(present, withSignature(null))).toEqual([
      "it states no signature, and the present model does",
    ]);
    expect(breakingChanges(withSignature(null), present)).toEqual([]);
  });

  test("decisions that are no longer given are missed", () => {
    const signature = present.signature;
    expect(breakingChanges(withSignature(signature, 0.3), withSignature(signature))).toEqual([
      "it no longer answers with decisions",
    ]);
    expect(breakingChanges(withSignature(signature, 0.3), withSignature(signature, 0.4))).toEqual([]);
  });
});

describe("for any signatures", () => {
  const types = fc.constantFrom("boolean", "integer", "long", "float", "double", "string");
  const columns = fc.uniqueArray(
    fc.record({ name: fc.constantFrom("a", "b", "c", "d"), type: types, required: fc.boolean() }),
    {
      selector: ({ name }) => name,
    },
  );
  const signatures = fc.record({ inputs: columns, outputs: columns });

  test("a model never breaks its own clients", () => {
    fc.assert(
      fc.property(signatures, (signature) => {
        expect(breakingChanges(withSignature(signature), withSignature(signature))).toEqual([]);
      }),
    );
  });

  /** What clients of one model send and read, held against another one by one: the definition itself, said another way. */
  test("nothing is said exactly when every request and every read of a client still works", () => {
    fc.assert(
      fc.property(signatures, signatures, (from, to) => {
        const sent = new Map(from.inputs.map((each) => [each.name, each]));
        const accepted = to.inputs.every((asked) => {
          const given = sent.get(asked.name);
          if (given === undefined) return !asked.required;
          const widened = `${given.type}>${asked.type}`;
          const fits =
            given.type === asked.type || ["integer>long", "integer>double", "float>double"].includes(widened);
          return fits && (given.required || !asked.required);
        });
        const read = from.outputs.every((wanted) =>
          to.outputs.some(({ name, type }) => name === wanted.name && type === wanted.type),
        );
        expect(breakingChanges(withSignature(from), withSignature(to)).length === 0).toBe(accepted && read);
      }),
      { numRuns: 2000 },
    );
  });
});
