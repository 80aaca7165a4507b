import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ContainerEngine, LoopbackRegistry } from "../container-engine";

/**
 * A base with Node.js, as the official image is: in a registry, known by its digest. The machine's own node stands in, since no
 * public registry is asked.
 *
 * @param base - name of an image of the engine with the libraries of Debian
 */
export function nodeImage(engine: ContainerEngine, places: LoopbackRegistry, base: string): string {
  const context = join(engine.files, "node-image");
  mkdirSync(context);
  copyFileSync(process.execPath, join(context, "node"));
  writeFileSync(join(context, "Dockerfile"), `FROM ${base}\nCOPY node /usr/local/bin/node\nCMD ["node"]\n`);
  engine.docker("build", "--quiet", "--tag", "node:built", context);
  const archive = join(engine.files, "node.tar");
  engine.docker("save", "--output", archive, "node:built");
  return places.push(`docker-archive:${archive}`, "library/node:22-slim");
}
