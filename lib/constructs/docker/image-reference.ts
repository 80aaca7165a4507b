/** A reference to an image, taken apart: `registry.acme.example:5000/risk/serving:1.4@sha256:...`. */
export interface ImageReference {
  /** With the registry's host where one is named: `registry.acme.example:5000/risk/serving`. */
  readonly repository: string;
  /** A name that can be moved to another image. */
  readonly tag: string | undefined;
  /** What the image is: `sha256:` and 64 lower-case hex digits. */
  readonly digest: string | undefined;
}

// The grammar of the distribution project, which registries and engines share.
const component = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
const path = `${component}(?:/${component})*`;
const label = "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?";
const host = `(?:${label}(?:\\.${label})*|\\[[0-9a-fA-F:]+\\])`;
const repository = new RegExp(`^(?:${host}(?::[0-9]+)?/)?${path}$`);
const reference = /^([^@]*?)(?::([\w][\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/;

/** The parts of a reference; `null` for a text that is none. */
export function parseImageReference(text: string): ImageReference | null {
  const [, named = "", tag, digest] = reference.exec(text) ?? [];
  return isRepository(named) ? { repository: named, tag, digest } : null;
}

/** Whether a text names a repository, with or without the registry's host, and no tag or digest. */
export function isRepository(text: string): boolean {
  return repository.test(text) && text.length <= 255;
}

/** Whether a text names a repository inside a registry: `risk/serving`. */
export function isRepositoryPath(text: string): boolean {
  return new RegExp(`^${path}$`).test(text);
}

/** Whether a text is a host's name or address, as a certificate names it, without port. */
export function isHostName(text: string): boolean {
  return new RegExp(`^${host}$`).test(text);
}
