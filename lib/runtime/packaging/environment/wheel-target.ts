import type { ImagePlatform } from "../../../blueprint/pipeline/pipeline-document";

/** What wheels are chosen for: another machine's platform and Python, not this one's. */
export interface WheelTarget {
  readonly platform: ImagePlatform;
  /** Python's version, `3.x` or `3.x.y`. */
  readonly python: string;
}
