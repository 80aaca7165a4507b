import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ContainerEngine, type LoopbackRegistry, needPrograms } from "../container-engine";

/** As the official image's configuration, which the environment then overrides. */
const configuration = `version: 0.1
storage: { filesystem: { rootdirectory: /nowhere } }
http: { addr: ":80" }
health: { storagedriver: { enabled: true, interval: 10s, threshold: 3 } }
`;

/**
 * An image of the registry's program, as the official one is made: in a registry, known by its digest. Debian's binary stands
 * in, since no public registry is asked.
 *
 * @param base - name of an image of the engine with the libraries of Debian
 */
export function registryImage(engine: ContainerEngine, places: LoopbackRegistry, base: string): string {
  needPrograms("an image of a registry", ["docker-registry", "skopeo"]);
  const context = join(engine.files, "registry-image");
  mkdirSync(context);
  copyFileSync("/usr/bin/docker-registry", join(context, "registry"));
  writeFileSync(join(context, "config.yml"), configuration);
  writeFileSync(
    join(context, "Dockerfile"),
    `FROM ${base}\nCOPY registry /bin/registry\nCOPY config.yml /etc/registry.yml\nCMD ["/bin/registry", "serve", "/etc/registry.yml"]\n`,
  );
  engine.docker("build", "--quiet", "--tag", "registry:built", context);
  const archive = join(engine.files, "registry.tar");
  engine.docker("save", "--output", archive, "registry:built");
  return places.push(`docker-archive:${archive}`, "library/registry:test");
}
