import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { ToolMissingError } from "../../tools/run-program";

/** The Debian package that brings each program which live tests with containers need. */
const packages = {
  containerd: "containerd",
  docker: "docker.io",
  "docker-registry": "docker-registry",
  dockerd: "docker.io",
  ip: "iproute2",
  mmdebstrap: "mmdebstrap",
  openssl: "openssl",
  skopeo: "skopeo",
} as const;

export type DebianProgram = keyof typeof packages;

/**
 * Holds that the programs are on the path.
 *
 * @throws ToolMissingError naming every missing one and what to install
 */
export function needPrograms(what: string, programs: readonly DebianProgram[]): void {
  const missing = programs.filter((program) => spawnSync("which", [program]).status !== 0);
  if (missing.length === 0) return;
  const install = [...new Set(missing.map((program) => packages[program]))].join(" ");
  throw new ToolMissingError(what, `${missing.join(", ")} not on the path; on Debian: apt-get install ${install}`);
}

/** Bits of the kernel's capability set: to make network interfaces, and to mount and make namespaces. */
const capabilities = { CAP_NET_ADMIN: 12n, CAP_SYS_ADMIN: 21n };

/**
 * Holds that we may make mounts, namespaces and network interfaces.
 *
 * @throws ToolMissingError where we may not
 */
export function needCapabilities(what: string): void {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0";
  const lacking = Object.entries(capabilities).filter(([, bit]) => ((BigInt(`0x${effective}`) >> bit) & 1n) === 0n);
  if (lacking.length === 0) return;
  throw new ToolMissingError(what, `this user lacks ${lacking.map(([name]) => name).join(" and ")}`);
}
