import { parseImageReference } from "../../../lib/constructs/docker/image-reference";
import { SOME_DIGEST } from "./a-docker-host";

test.each([
  ["registry", "registry", undefined, undefined],
  ["registry:2", "registry", "2", undefined],
  ["localhost:5000/risk", "localhost:5000/risk", undefined, undefined],
  ["localhost:5000/risk:1.4", "localhost:5000/risk", "1.4", undefined],
  ["docker.io/library/registry:2", "docker.io/library/registry", "2", undefined],
  ["[fd00::7]:5000/risk/a__b:1", "[fd00::7]:5000/risk/a__b", "1", undefined],
  [`risk/serving@${SOME_DIGEST}`, "risk/serving", undefined, SOME_DIGEST],
  [`localhost:5000/risk:1@${SOME_DIGEST}`, "localhost:5000/risk", "1", SOME_DIGEST],
])("%s is taken apart", (text, repository, tag, digest) => {
  expect(parseImageReference(text)).toEqual({ repository, tag, digest });
});

test.each(["", "Risk", "risk:", "risk@", "risk@sha256:12", "a//b", "-a", "a b", "https://a/b", `a@${SOME_DIGEST}0`])(
  "%j is no reference",
  (text) => {
    expect(parseImageReference(text)).toBeNull();
  },
);
