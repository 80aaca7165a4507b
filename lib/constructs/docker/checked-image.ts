import { Token } from "cdktf";
import type { Construct } from "constructs";
import { Problems } from "../../blueprint/problems";
import { type BuildContext, readBuildContext } from "./build-context";
import type { DockerImageProps } from "./docker-image";
import { isRepository } from "./image-reference";

/**
 * Reads and checks what an image is to be built from.
 *
 * @throws InvalidInputError naming everything that is wrong
 */
export function checkedImage(scope: Construct, id: string, props: DockerImageProps): BuildContext {
  const problems = new Problems();
  checkName(props, problems);
  checkPlatform(props.platform, problems);
  checkBuildArgs(props.buildArgs ?? {}, problems);
  checkLabels(props.labels ?? {}, problems);
  const context = readBuildContext(scope, props.context, props.dockerfile ?? "Dockerfile", problems);
  problems.throwIfAny(`DockerImage "${id}"`);
  return context!;
}

function checkName({ repository, tag }: DockerImageProps, problems: Problems): void {
  if (!Token.isUnresolved(repository) && !isRepository(repository)) {
    problems.add(
      "repository",
      repository,
      "is not the name of a repository",
      'Write it in small letters with the registry\'s host and without tag: "registry.acme.example/risk/serving".',
    );
  }
  if (tag !== undefined && !Token.isUnresolved(tag) && !/^\w[\w.-]{0,127}$/.test(tag)) {
    problems.add("tag", tag, "is not a tag", "Use letters, digits, dots, dashes and underscores, 128 at most.");
  }
}

function checkPlatform(platform: string | undefined, problems: Problems): void {
  if (platform === undefined || /^[a-z0-9]+\/[a-z0-9_]+(\/[a-z0-9]+)?$/.test(platform)) return;
  problems.add("platform", platform, "is not a platform", 'Write system and processor, for example "linux/amd64".');
}

/** Parts of names that say that the value opens something. */
const secretName =
  /(^|_)(PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|CREDENTIALS?|PRIVATE_?KEY|API_?KEY|ACCESS_?KEY|SIGNING_?KEY|AUTH)(_|$)/i;

/** Build arguments stand in the plan, in the state and in the image's history. Values are never repeated in a message. */
function checkBuildArgs(args: Readonly<Record<string, string>>, problems: Problems): void {
  for (const [name, value] of Object.entries(args)) {
    if (!/^[A-Za-z_]\w*$/.test(name)) {
      problems.add(`buildArgs.${name}`, name, "is not a name that ARG takes", "Use letters, digits and underscores.");
    }
    if (!secretName.test(name) && !value.includes("-----BEGIN ")) continue;
    problems.add(
      `buildArgs.${name}`,
      "(not shown)",
      "looks like a secret, and build arguments can be read in the plan, in the state and in the image's history",
      "Give secrets to the container when it runs, or give the argument a name that does not say it is one.",
    );
  }
}

/** As the OCI image specification asks of keys: in reverse domain notation. */
function checkLabels(labels: Readonly<Record<string, string>>, problems: Problems): void {
  for (const name of Object.keys(labels)) {
    if (/^[a-z0-9]+([.-][a-z0-9]+)*\.[a-z0-9]+([._-][a-z0-9]+)*$/.test(name)) {
      if (!name.startsWith("org.opencontainers.image.")) continue;
      problems.add(`labels["${name}"]`, name, "has a property of its own", "Say it in description.");
      continue;
    }
    problems.add(
      `labels["${name}"]`,
      name,
      "is not in reverse domain notation",
      'Begin it with a domain of yours: "example.acme.team".',
    );
  }
}
