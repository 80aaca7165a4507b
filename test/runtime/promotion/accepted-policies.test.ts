import { InvalidInputError } from "../../../lib/blueprint/problems";
import { acceptedPolicies } from "../../../lib/runtime/promotion/accepted-policies";
import { BrokenEnvironmentError } from "../../../lib/runtime/refusals";

const digest = `sha256:${"a".repeat(64)}`;

test("reads the digests that the environment accepts", () => {
  const said = { gate: [digest], serving: [`sha256:${"b".repeat(64)}`] };
  expect(acceptedPolicies({ SLIPWAY_ACCEPTED_POLICIES: JSON.stringify(said) })).toEqual(said);
  expect(acceptedPolicies({ SLIPWAY_ACCEPTED_POLICIES: '{"gate": []}' })).toEqual({ gate: [], serving: [] });
});

test("an environment that names none accepts none, and says what is missing", () => {
  expect(() => acceptedPolicies({})).toThrow(BrokenEnvironmentError);
  expect(() => acceptedPolicies({ SLIPWAY_ACCEPTED_POLICIES: "" })).toThrow(BrokenEnvironmentError);
});

test.each([
  "*",
  "null",
  "{}",
  '{"gate": "*"}',
  '{"gate": ["any"]}',
  '{"gate": [null]}',
  `["${digest}"]`,
  '{"gate": [], "serving": "*"}',
])("%s is no list of digests", (text) => {
  expect(() => acceptedPolicies({ SLIPWAY_ACCEPTED_POLICIES: text })).toThrow(InvalidInputError);
});
