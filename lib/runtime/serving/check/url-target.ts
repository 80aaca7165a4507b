import type { ServedTarget } from "./served-target";

/** A server that somebody else runs. */
export function urlTarget(url: string, modelDigest: string | null): ServedTarget {
  return {
    name: url,
    modelDigest,
    start: () => Promise.resolve({ url: url.replace(/\/+$/, ""), control: null, stop: () => Promise.resolve() }),
    startChanged: null,
  };
}
