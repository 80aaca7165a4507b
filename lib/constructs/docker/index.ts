export { DockerImage, type DockerImageProps, type IDockerImage } from "./docker-image";
export { DockerRegistry, type DockerRegistryProps } from "./docker-registry";
export { ExistingDockerImage, type ExistingDockerImageProps } from "./existing-image";
export { ExistingDockerRegistry, type ExistingDockerRegistryProps, type IDockerRegistry } from "./existing-registry";
export type { ImageDescription } from "./image-labels";
