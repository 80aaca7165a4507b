import type { ContainerEngine } from "./container-engine";

/** What an image says about itself. */
export interface ImageFacts {
  readonly user: string;
  readonly labels: Readonly<Record<string, string>>;
  /** `NAME=value` each. */
  readonly variables: readonly string[];
}

interface Inspected {
  readonly Config?: {
    readonly User?: string;
    readonly Labels?: Readonly<Record<string, string>> | null;
    readonly Env?: readonly string[] | null;
  };
}

/** @throws BrokenEnvironmentError when the engine does not have the image */
export async function imageFacts(engine: ContainerEngine, image: string): Promise<ImageFacts> {
  const [inspected] = JSON.parse(await engine.call(["image", "inspect", image])) as readonly Inspected[];
  const config = inspected?.Config ?? {};
  return { user: config.User ?? "", labels: config.Labels ?? {}, variables: config.Env ?? [] };
}
