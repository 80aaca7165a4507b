import fc from "fast-check";
import { formatReference, parseReference } from "../../../lib/runtime/oci/reference";
import { registryOrigin } from "../../../lib/runtime/oci/registry/registry-host";

const digest = `sha256:${"a1".repeat(32)}`;

test.each([
  ["python", "docker.io/library/python"],
  ["python:3.12-slim", "docker.io/library/python:3.12-slim"],
  [`python@${digest}`, `docker.io/library/python@${digest}`],
  ["bitnami/redis", "docker.io/bitnami/redis"],
  ["index.docker.io/library/python:3", "docker.io/library/python:3"],
  ["localhost/a", "localhost/a"],
  ["localhost:5000/team/a:v1", "localhost:5000/team/a:v1"],
  ["[::1]:5000/a:v1", "[::1]:5000/a:v1"],
  ["ghcr.io/acme/risk__model/serve-it:2026.1", "ghcr.io/acme/risk__model/serve-it:2026.1"],
  [`registry.example.com:443/a/b/c:v_1@${digest}`, `registry.example.com:443/a/b/c:v_1@${digest}`],
  ["oci:build/image", "oci:build/image"],
  [`oci:/srv/im@ges/x@${digest}`, `oci:/srv/im@ges/x@${digest}`],
])("%s is %s", (text, whole) => {
  expect(formatReference(parseReference(text))).toBe(whole);
});

test.each([
  ["", "no valid repository"],
  ["Python", "no valid repository"],
  ["acme//risk", "no valid repository"],
  ["ghcr.io/acme/risk_-model", "no valid repository"],
  ["ghcr.io/", "no valid repository"],
  [`ghcr.io/${"a".repeat(256)}`, "no valid repository"],
  ["https://ghcr.io/acme/risk", "registry host"],
  ["user:password@ghcr.io/acme/risk", "digest"],
  ["python:", "invalid tag"],
  ["python:-x", "invalid tag"],
  [`python:${"a".repeat(129)}`, "invalid tag"],
  ["python@sha256:abc", "digest"],
  [`python@sha512:${"0".repeat(128)}`, "digest"],
  [`python@${digest.toUpperCase()}`, "digest"],
  ["oci:", "names no folder"],
  ["oci:image@sha256:12", "digest"],
])("%j is refused: %s", (text, says) => {
  const refused = new Promise(() => parseReference(text, "base"));
  return expect(refused).rejects.toMatchObject({ problems: [{ path: "base", says: expect.stringContaining(says) }] });
});

test("what is written is read again", () => {
  const part = fc.stringMatching(/^[a-z0-9]{1,8}((\.|_|__|-{1,3})[a-z0-9]{1,8}){0,2}$/);
  const reference = fc.record({
    kind: fc.constant("registry" as const),
    registry: fc.constantFrom("docker.io", "localhost", "ghcr.io", "127.0.0.1:5000", "eu.registry.example.com:8443"),
    repository: fc.array(part, { minLength: 2, maxLength: 4 }).map((parts) => parts.join("/")),
    tag: fc.option(fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}$/)),
    digest: fc.option(fc.stringMatching(/^[0-9a-f]{64}$/).map((hex) => `sha256:${hex}`)),
  });
  fc.assert(
    fc.property(reference, (given) => {
      expect(parseReference(formatReference(given))).toEqual(given);
    }),
  );
});

test.each([
  ["docker.io", "https://registry-1.docker.io"],
  ["ghcr.io", "https://ghcr.io"],
  ["10.0.0.5:5000", "https://10.0.0.5:5000"],
  ["localhost.example.com", "https://localhost.example.com"],
  ["127.evil.example.com", "https://127.evil.example.com"],
  ["localhost:5000", "http://localhost:5000"],
  ["127.0.0.1:5000", "http://127.0.0.1:5000"],
  ["[::1]:5000", "http://[::1]:5000"],
])("%s is spoken to at %s", (registry, origin) => {
  expect(registryOrigin(registry).origin).toBe(origin);
});
