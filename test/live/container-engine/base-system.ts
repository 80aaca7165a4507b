import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, shortDigest } from "../../tools";
import { buildOnce } from "../../tools/build-once";
import { runProgram } from "../../tools/run-program";
import { needPrograms } from "./debian-programs";

/** A base system that images are made from: Debian with Python and certificates, as an official `python` image has. */
export interface BaseSystem {
  /** Folder with an OCI image layout; `oci:<layout>:base` to skopeo. */
  readonly layout: string;
  /** Digest of the image's manifest, `sha256:...`; the same as long as the cached layout is. */
  readonly digest: string;
  /** The image's only layer, as an uncompressed tar archive. */
  readonly tarball: string;
}

const suite = "bookworm";
const packages = ["ca-certificates", "python3"];

/**
 * The base system, made on first use (about a minute, 220 MB) and kept in the user's cache directory.
 *
 * @throws ToolMissingError when it cannot be made, for example without a Debian mirror
 */
export function baseSystem(): BaseSystem {
  const folder = join(cacheFolder("base-system"), `${suite}-${shortDigest(...packages)}`);
  const tarball = join(folder, "base.tar");
  const layout = join(folder, "layout");
  buildOnce(folder, () => {
    const tools = "a base system";
    needPrograms(tools, ["mmdebstrap", "skopeo"]);
    runProgram(tools, "mkdir", ["-p", folder]);
    runProgram(tools, "mmdebstrap", [
      ...["--variant=minbase", "--quiet", `--include=${packages.join(",")}`],
      // What no image needs at run time, and what would differ from one build to the next.
      ...["--dpkgopt=path-exclude=/usr/share/doc/*", "--dpkgopt=path-exclude=/usr/share/man/*"],
      ...["--customize-hook=rm -rf $1/var/log/* $1/var/cache/*", suite, tarball],
    ]);
    runProgram(tools, "skopeo", ["--insecure-policy", "copy", "--quiet", `tarball:${tarball}`, `oci:${layout}:base`]);
  });
  const index = JSON.parse(readFileSync(join(layout, "index.json"), "utf8")) as { manifests: { digest: string }[] };
  return { layout, digest: index.manifests[0]?.digest ?? "", tarball };
}
