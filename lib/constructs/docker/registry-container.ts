import type { ContainerConfig } from "@cdktf/provider-docker/lib/container";
import type { DockerRegistryProps } from "./docker-registry";

/** Where the registry finds its files inside the container. */
const inside = {
  certificate: "/run/registry/tls.crt",
  key: "/run/registry/tls.key",
  htpasswd: "/run/registry/htpasswd",
  data: "/var/lib/registry",
} as const;

const PORT = 5000;
/** The registry's own page about its health, which asks for no password; it is not published. */
const HEALTH = "127.0.0.1:5001";

type Settings = Partial<ContainerConfig>;

/** What holds for every container: nothing to write to, no capability, no way to get one, logs of bounded size. */
export const restrictedContainer = {
  readOnly: true,
  capabilities: { drop: ["ALL"] },
  securityOpts: ["no-new-privileges"],
  ipcMode: "private",
  logDriver: "json-file",
  logOpts: { "max-size": "10m", "max-file": "3" },
} satisfies Settings;

/**
 * A new volume belongs to root, whatever user the image names. One program with the one capability it takes, without network,
 * gives it away before the registry starts.
 */
export function ownerSettings(user: string): Settings {
  return {
    user: "0:0",
    capabilities: { drop: ["ALL"], add: ["CAP_CHOWN"] },
    networkMode: "none",
    entrypoint: ["chown", user, "/data"],
    mustRun: false,
    attach: true,
    restart: "no",
  };
}

/** @param volume - name of the volume for the images */
export function registrySettings(props: DockerRegistryProps, volume: string): Settings {
  return {
    user: props.user ?? "65532:65532",
    restart: "unless-stopped",
    memory: props.memoryMegabytes ?? 512,
    memorySwap: props.memoryMegabytes ?? 512,
    // A host that cannot account for swap says -1 here, in every plan.
    lifecycle: { ignoreChanges: ["memory_swap"] },
    env: Object.entries(environment(props)).map(([name, value]) => `${name}=${value}`),
    ports: [{ internal: PORT, external: props.port ?? 5000, ip: props.address ?? "127.0.0.1" }],
    mounts: [
      { type: "volume", source: volume, target: inside.data },
      ...hostFiles(props).map(([source, target]) => ({ type: "bind", source, target, readOnly: true })),
    ],
    healthcheck: {
      test: ["CMD", ...(props.healthCheck ?? ["wget", "-q", "-O", "/dev/null", `http://${HEALTH}/debug/health`])],
      interval: "10s",
      timeout: "5s",
      retries: 3,
      startPeriod: "5s",
    },
    wait: true,
    waitTimeout: 120,
  };
}

function hostFiles({ certificatePath, keyPath, htpasswdPath }: DockerRegistryProps): [string, string][] {
  return [
    ...(certificatePath === undefined ? [] : [[certificatePath, inside.certificate] as [string, string]]),
    ...(keyPath === undefined ? [] : [[keyPath, inside.key] as [string, string]]),
    [htpasswdPath, inside.htpasswd],
  ];
}

/** The registry reads its configuration file's keys from the environment, and these before the file. */
function environment(props: DockerRegistryProps): Record<string, string> {
  return {
    REGISTRY_HTTP_ADDR: `0.0.0.0:${String(PORT)}`,
    REGISTRY_HTTP_DEBUG_ADDR: HEALTH,
    REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY: inside.data,
    REGISTRY_STORAGE_DELETE_ENABLED: String(props.allowDeletion ?? false),
    REGISTRY_AUTH: "htpasswd",
    REGISTRY_AUTH_HTPASSWD_REALM: props.name,
    REGISTRY_AUTH_HTPASSWD_PATH: inside.htpasswd,
    // Newer registries would send traces to an address that nobody named.
    OTEL_TRACES_EXPORTER: "none",
    ...(props.insecurePlainHttp !== true && {
      REGISTRY_HTTP_TLS_CERTIFICATE: inside.certificate,
      REGISTRY_HTTP_TLS_KEY: inside.key,
      REGISTRY_HTTP_TLS_MINIMUMTLS: "tls1.2",
    }),
  };
}
