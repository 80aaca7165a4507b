import { spawnSync } from "node:child_process";
import { describeWith } from "../../tools";
import { baseSystem, LoopbackRegistry } from ".";

describeWith(
  () => ({ Registry: LoopbackRegistry.required(), base: baseSystem() }),
  "loopback registry",
  ({ Registry, base }) => {
    const inspect = (...args: string[]): { status: number | null; stdout: string; stderr: string } =>
      spawnSync("skopeo", ["inspect", "--raw", ...args], { encoding: "utf8" });

    it("keeps an image under the digest it had", async () => {
      const registry = await Registry.start();
      try {
        const reference = registry.push(`oci:${base.layout}:base`, "base/python:3.11");
        expect(reference).toBe(`${registry.host}/base/python@${base.digest}`);
        expect(inspect(...registry.skopeoFlags(""), `docker://${reference}`).status).toBe(0);
      } finally {
        await registry.stop();
      }
      await expect(fetch(registry.url)).rejects.toThrow();
    });

    it("with TLS and a user is only for who trusts it and has the password", async () => {
      const registry = await Registry.start({ tls: true, auth: { username: "ci", password: "s3cret" } });
      try {
        const reference = `docker://${registry.push(`oci:${base.layout}:base`, "base/python:3.11")}`;
        const [trust = "", folder = ""] = registry.skopeoFlags("");
        expect(inspect(...registry.skopeoFlags(""), reference).status).toBe(0);
        expect(inspect(trust, folder, "--creds", "ci:guess", reference).stderr).toContain("unauthorized");
        expect(inspect(trust, folder, "--no-creds", reference).stderr).toContain("unauthorized");
        expect(inspect("--creds", "ci:s3cret", reference).stderr).toContain("certificate");
      } finally {
        await registry.stop();
      }
    });
  },
);
