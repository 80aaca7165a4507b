import type { ImagePlatform } from "../../blueprint/pipeline/pipeline-document";

/** What package managers call a platform. */
export const PLATFORM_NAMES: Readonly<Record<ImagePlatform, { readonly uv: string; readonly npmCpu: string }>> = {
  // glibc 2.28 of 2018: the oldest that numerical packages still build for.
  "linux/amd64": { uv: "x86_64-manylinux_2_28", npmCpu: "x64" },
  "linux/arm64": { uv: "aarch64-manylinux_2_28", npmCpu: "arm64" },
};

export function isImagePlatform(text: string): text is ImagePlatform {
  return text in PLATFORM_NAMES;
}
