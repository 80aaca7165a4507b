import { restrictedFlags, type ContainerEngine } from "./container-engine";
import { ContainerServer } from "./container-server";
import { broken, pause, type Concern, type ServingCheck } from "./serving-check";
import { ServingClient } from "./serving-client";
import { ServingPath } from "../../../blueprint/serving/serving-contract";
import type { Variables } from "../../command-context";

const writesOnlyTmp: ServingCheck = {
  id: "image-writes-only-tmp",
  demands: "a container writes nowhere but to /tmp",
  remedy: "Point caches and home folders to /tmp, and compile Python bytecode when the image is built.",
};

/**
 * Why an image does not start under restrictions, where that is why. An image that started under them has shown it already.
 *
 * @param seconds that a start may take
 */
export function readOnlyCheck(
  engine: ContainerEngine,
  image: string,
  settings: Variables,
  started: boolean,
  seconds: number,
): Concern {
  return {
    checks: [writesOnlyTmp],
    needs: "nothing",
    async run() {
      if (started) return [];
      const loose = restrictedFlags.filter((flag) => flag !== "--read-only");
      const server = await ContainerServer.start(engine, image, loose, settings);
      try {
        const says = "it becomes ready only with a root file system that it may write to";
        return (await becomesReady(server, seconds)) ? [broken(writesOnlyTmp, says)] : [];
      } finally {
        await server.stop();
      }
    },
  };
}

async function becomesReady({ url, control }: ContainerServer, seconds: number): Promise<boolean> {
  const client = new ServingClient(url);
  const deadline = Date.now() + seconds * 1000;
  while (Date.now() < deadline) {
    if ((await client.statusOf(ServingPath.ready, 5000)) === 200) return true;
    if ((await control.ending()) !== null) return false;
    await pause();
  }
  return false;
}
