import { InvalidInputError } from "../../../lib/blueprint/problems";
import { acceptedGatePolicies } from "../../../lib/runtime/promotion/accepted-policies";
import { BrokenEnvironmentError } from "../../../lib/runtime/refusals";

const digest = `sha256:${"a".repeat(64)}`;

test("reads the digests that the environment accepts", () => {
  expect(acceptedGatePolicies({ SLIPWAY_ACCEPTED_POLICIES: JSON.stringify({ gate: [digest] }) })).toEqual([digest]);
  expect(acceptedGatePolicies({ SLIPWAY_ACCEPTED_POLICIES: '{"gate": []}' })).toEqual([]);
});

test("an environment that names none accepts none, and says what is missing", () => {
  expect(() => acceptedGatePolicies({})).toThrow(BrokenEnvironmentError);
  expect(() => acceptedGatePolicies({ SLIPWAY_ACCEPTED_POLICIES: "" })).toThrow(BrokenEnvironmentError);
});

test.each(["*", "null", "{}", '{"gate": "*"}', '{"gate": ["any"]}', '{"gate": [null]}', `["${digest}"]`])(
  "%s is no list of digests",
  (text) => {
    expect(() => acceptedGatePolicies({ SLIPWAY_ACCEPTED_POLICIES: text })).toThrow(InvalidInputError);
  },
);
