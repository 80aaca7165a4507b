/** Docker Hub's name in references, and the host that answers for it. */
const dockerHub = { name: "docker.io", api: "registry-1.docker.io" };

/** Where a registry answers: HTTPS, except on this machine, where images of tests and laptops are and no certificate is. */
export function registryOrigin(registry: string): URL {
  const host = registry === dockerHub.name ? dockerHub.api : registry;
  const url = new URL(`https://${host}/`);
  return isLoopback(url) ? new URL(`http://${host}/`) : url;
}

export function isLoopback({ hostname }: URL): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

/** Whether a registry may send us on to this address: never to plain HTTP, except from this machine to this machine. */
export function mayBeSentTo(target: URL, registry: URL): boolean {
  return target.protocol === "https:" || (target.protocol === "http:" && isLoopback(target) && isLoopback(registry));
}
