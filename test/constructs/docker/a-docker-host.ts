import { join } from "node:path";
import { DockerProvider } from "@cdktf/provider-docker/lib/provider";
import { App, TerraformStack } from "cdktf";
import type { DockerImageProps, DockerRegistryProps } from "slipway/docker";

/** A stack as a user's program begins it. */
export function aHost(): TerraformStack {
  const stack = new TerraformStack(new App(), "host");
  new DockerProvider(stack, "docker", {});
  return stack;
}

/** A folder to build an image from. */
export const CONTEXT = join(__dirname, "context");

export const SOME_DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;

/** An image as small as its program can be. */
export const imageProps: DockerImageProps = {
  context: CONTEXT,
  repository: "registry.acme.example/risk/tools",
};

/** A registry as small as its program can be. */
export const registryProps: DockerRegistryProps = {
  name: "registry",
  image: `docker.io/library/registry@${SOME_DIGEST}`,
  certificatePath: "/etc/registry/tls.crt",
  keyPath: "/etc/registry/tls.key",
  htpasswdPath: "/etc/registry/htpasswd",
};
