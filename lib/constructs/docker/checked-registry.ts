import { isIP } from "node:net";
import { Token } from "cdktf";
import { Problems } from "../../blueprint/problems";
import type { DockerRegistryProps } from "./docker-registry";
import { checkHost, checkPort } from "./existing-registry";
import { parseImageReference } from "./image-reference";

/** @throws InvalidInputError naming everything that is wrong with the props */
export function checkRegistry(id: string, props: DockerRegistryProps): void {
  const problems = new Problems();
  checkNames(props, problems);
  checkImage(props.image, problems);
  checkHostFile("htpasswdPath", props.htpasswdPath, problems);
  checkTransport(props, problems);
  checkLimits(props, problems);
  problems.throwIfAny(`DockerRegistry "${id}"`);
}

function checkNames({ name, address, host, port }: DockerRegistryProps, problems: Problems): void {
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name)) {
    problems.add("name", name, "is not a name that Docker takes", "Use letters, digits, dots, dashes and underscores.");
  }
  if (address !== undefined && isIP(address) === 0) {
    problems.add("address", address, "is not an IP address", 'Give one of the Docker host\'s, or "0.0.0.0" for all.');
  }
  if (host !== undefined) {
    checkHost(host, problems);
  } else if (address === "0.0.0.0" || address === "::") {
    problems.add("host", host, "is missing, and clients cannot use the address of all", HOST_REMEDY);
  }
  if (port !== undefined) checkPort(port, problems);
}

const HOST_REMEDY = 'Give the name that the certificate is for: "registry.acme.example".';

function checkImage(image: DockerRegistryProps["image"], problems: Problems): void {
  if (typeof image !== "string" || parseImageReference(image)?.digest !== undefined) return;
  problems.add(
    "image",
    image,
    "names no digest: a tag can be moved to another program, which would then hold every image",
    'Write "docker.io/library/registry@sha256:...", with the digest that you looked at.',
  );
}

function checkTransport(props: DockerRegistryProps, problems: Problems): void {
  const { certificatePath, keyPath, insecurePlainHttp = false, address = "127.0.0.1" } = props;
  if (!insecurePlainHttp) {
    checkHostFile("certificatePath", certificatePath, problems, TLS_REMEDY);
    checkHostFile("keyPath", keyPath, problems, TLS_REMEDY);
    return;
  }
  if (certificatePath !== undefined || keyPath !== undefined) {
    problems.add(
      "insecurePlainHttp",
      true,
      "contradicts the certificate, which would not be used",
      "Leave out the one or the other.",
    );
  }
  if (address === "::1" || address.startsWith("127.")) return;
  problems.add(
    "insecurePlainHttp",
    true,
    "would send passwords over the network for everybody to read",
    'Serve TLS, or bind it to the loopback interface: address: "127.0.0.1".',
  );
}

const TLS_REMEDY =
  "Put the file on the Docker host and give its absolute path there; without TLS, on loopback only: insecurePlainHttp: true.";

/**
 * A file of the Docker host. Its content is never Terraform's: what Terraform is given stands in the plan and in the state, so
 * neither the text of a key nor a value that might turn out to be one is taken. What was given is not repeated in that case.
 */
function checkHostFile(
  path: string,
  value: string | undefined,
  problems: Problems,
  remedy = "Put the file on the Docker host and give its absolute path there.",
): void {
  if (value === undefined || value === "") {
    problems.add(path, undefined, "is required", remedy);
  } else if (Token.isUnresolved(value)) {
    problems.add(path, "(a value of Terraform's)", "is known only when Terraform runs, and may hold a secret", remedy);
  } else if (/-----BEGIN |\n|:\$2[aby]\$/.test(value)) {
    problems.add(
      path,
      "(not shown)",
      "is the content of a file, which would stand in the plan and in the state",
      remedy,
    );
  } else if (!value.startsWith("/") || value.split("/").includes("..")) {
    problems.add(path, value, "is not an absolute path", remedy);
  }
}

function checkLimits({ memoryMegabytes, user, healthCheck }: DockerRegistryProps, problems: Problems): void {
  if (memoryMegabytes !== undefined && !(Number.isInteger(memoryMegabytes) && memoryMegabytes >= 32)) {
    problems.add("memoryMegabytes", memoryMegabytes, "is not a whole number of at least 32", "Give megabytes: 512.");
  }
  const [, uid, gid] = /^(\d+):(\d+)$/.exec(user ?? "65532:65532") ?? [];
  if (uid === undefined || gid === undefined || Number(uid) === 0 || Number(gid) === 0) {
    problems.add("user", user, "is not a user and group other than root, by number", 'Write "65532:65532".');
  }
  if (healthCheck?.length === 0) {
    problems.add("healthCheck", healthCheck, "is empty", "Give a program and its arguments, or leave it out.");
  }
}
