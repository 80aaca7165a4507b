import { InvalidInputError, type Problem } from "../../blueprint/problems";

/** An image in a registry. Without tag and digest it is the one tagged `latest`. */
export interface RegistryReference {
  readonly kind: "registry";
  /** Host with its port, for example `docker.io` or `localhost:5000`. */
  readonly registry: string;
  /** For example `library/python`. */
  readonly repository: string;
  readonly tag: string | null;
  /** `sha256:<hex>`. */
  readonly digest: string | null;
}

/** An image in a folder on this machine, in the OCI image layout. Without digest it is the only one there. */
export interface LayoutReference {
  readonly kind: "layout";
  readonly path: string;
  /** `sha256:<hex>`. */
  readonly digest: string | null;
}

export type ImageReference = RegistryReference | LayoutReference;

/** What `docker pull` takes when no registry is named. */
const defaultRegistry = "docker.io";
const layoutPrefix = "oci:";

// The grammar of the distribution project's reference package, which container engines share.
const hostName =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9a-fA-F:]+\])(?::[0-9]{1,5})?$/;
const repositoryName = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const tagName = /^\w[\w.-]{0,127}$/;
const sha256Digest = /^sha256:[0-9a-f]{64}$/;
const longestName = 255;

/**
 * Reads `[registry/]repository[:tag][@sha256:...]`, or `oci:PATH[@sha256:...]` for a folder in the OCI image layout. As container
 * engines do, it takes `docker.io` for a missing registry and `library/` for a single name there.
 *
 * @param path where the text was written, for the problem
 * @throws InvalidInputError when it is neither
 */
export function parseReference(text: string, path = "image"): ImageReference {
  const fault = (says: string, remedy: string): InvalidInputError =>
    new InvalidInputError("image reference", [{ path, value: text, says, remedy } satisfies Problem]);
  const at = text.lastIndexOf("@");
  const [name, digest] = at === -1 ? [text, null] : [text.slice(0, at), text.slice(at + 1)];
  if (text.startsWith(layoutPrefix)) return parseLayoutReference(text, fault);
  if (digest !== null && !sha256Digest.test(digest)) {
    throw fault("has a digest that is not sha256 with 64 hex digits", "Copy the digest from the registry: @sha256:...");
  }
  const { registry, rest } = splitRegistry(name);
  if (!hostName.test(registry))
    throw fault("names no valid registry host", "Write it like registry.example.com:5000/team/image.");
  const colon = rest.lastIndexOf(":");
  const [bare, tag] = colon === -1 ? [rest, null] : [rest.slice(0, colon), rest.slice(colon + 1)];
  if (tag !== null && !tagName.test(tag)) {
    throw fault(
      "has an invalid tag",
      "A tag has letters, digits, `_`, `.` and `-`, 128 at the most, and starts with none of `.-`.",
    );
  }
  const repository = registry === defaultRegistry && !bare.includes("/") ? `library/${bare}` : bare;
  if (!repositoryName.test(repository) || repository.length > longestName) {
    throw fault(
      "names no valid repository",
      "A repository has lower-case letters and digits, joined by `.`, `_`, `__` or `-`, in parts separated by `/`.",
    );
  }
  return { kind: "registry", registry, repository, tag, digest };
}

/** The whole name, so that nothing depends on a reader's defaults: `docker.io/library/python:3.12@sha256:...`. */
export function formatReference(reference: ImageReference): string {
  const digest = reference.digest === null ? "" : `@${reference.digest}`;
  if (reference.kind === "layout") return `${layoutPrefix}${reference.path}${digest}`;
  const tag = reference.tag === null ? "" : `:${reference.tag}`;
  return `${reference.registry}/${reference.repository}${tag}${digest}`;
}

/** A path may hold `@` itself: only what is a digest to its end counts as one. */
function parseLayoutReference(
  text: string,
  fault: (says: string, remedy: string) => InvalidInputError,
): LayoutReference {
  const [, path, digest] = /^oci:(.*?)(?:@(sha256:[0-9a-f]{64}))?$/s.exec(text)!;
  if (path === undefined || path === "") throw fault("names no folder", "Write oci:FOLDER, or oci:FOLDER@sha256:...");
  if (/@sha\d+:[^/]*$/.test(path)) {
    throw fault("has a digest that is not sha256 with 64 hex digits", "Copy the digest from the folder's index.json.");
  }
  return { kind: "layout", path, digest: digest ?? null };
}

/** The first part is a registry only when it cannot be a repository's: with a dot, a port, a capital, or `localhost`. */
function splitRegistry(name: string): { registry: string; rest: string } {
  const slash = name.indexOf("/");
  const first = name.slice(0, Math.max(slash, 0));
  if (slash === -1 || !(/[.:A-Z]/.test(first) || first === "localhost"))
    return { registry: defaultRegistry, rest: name };
  const registry = first === "index.docker.io" ? defaultRegistry : first;
  return { registry, rest: name.slice(slash + 1) };
}
