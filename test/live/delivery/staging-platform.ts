import type { TrustedSigner } from "../../../lib/blueprint/identity";
import { verifiedRecords } from "../../../lib/runtime/records/open-record";
import { type PromotionRecord, readRecords } from "../../../lib/runtime/records/promotion-records";
import { DirectoryStore } from "../../../lib/runtime/store/directory-store";
import { ContainerEngine, restrictedRunFlags } from "../container-engine";
import { freePort } from "../server-process";
import type { ImageRegistry } from "./image-registry";

/**
 * What a platform does for staging: once a signed record says that a model was promoted, it runs the image that the record names, by
 * digest and with no rights, at the environment's address.
 */
export class StagingPlatform {
  public static async start(registry: ImageRegistry): Promise<StagingPlatform> {
    const engine = await ContainerEngine.start();
    const { username, password } = registry.credentials;
    engine.docker("login", "--username", username, "--password", password, registry.host);
    return new StagingPlatform(engine, registry, await freePort());
  }

  private constructor(
    private readonly engine: ContainerEngine,
    private readonly registry: ImageRegistry,
    private readonly port: number,
  ) {}

  /** Where staging serves, before and after anything does. */
  public get address(): string {
    return `http://127.0.0.1:${String(this.port)}`;
  }

  /** Serves what is promoted in that store as long as `run` runs. */
  public async during<T>(store: string, trusted: readonly TrustedSigner[], run: () => Promise<T>): Promise<T> {
    let isOver = false;
    const watching = this.serve(store, trusted, () => isOver);
    try {
      return await run();
    } finally {
      isOver = true;
      await watching;
    }
  }

  public async stop(): Promise<void> {
    await this.engine.stop();
  }

  private async serve(store: string, trusted: readonly TrustedSigner[], isOver: () => boolean): Promise<void> {
    let record: PromotionRecord | undefined;
    while (record === undefined && !isOver()) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      record = (await readRecords(new DirectoryStore(store), "insurance-risk", "staging", verifiedRecords(trusted))).at(
        -1,
      );
    }
    if (record === undefined) return;
    const image = `${this.registry.repository}@${record.promotion.image ?? "none"}`;
    this.engine.docker(
      ...["run", "--detach", "--name", "staging", ...restrictedRunFlags],
      ...["--publish", `127.0.0.1:${String(this.port)}:8080`, image],
    );
  }
}
