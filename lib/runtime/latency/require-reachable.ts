import { connect } from "node:net";
import { BrokenEnvironmentError } from "../refusals";

const patienceMillis = 5_000;

/**
 * Sees that something listens where the load is to go: a server that is not there has no latency.
 *
 * @throws BrokenEnvironmentError when no connection is made within 5 seconds
 */
export async function requireReachable(url: URL): Promise<void> {
  const port = url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
  await new Promise<void>((resolve, reject) => {
    const socket = connect({ host: url.hostname.replace(/^\[(.*)\]$/, "$1"), port, timeout: patienceMillis });
    const unreachable = (why: string): void => {
      socket.destroy();
      reject(
        new BrokenEnvironmentError(
          `no server answers at ${url.host} (${why})`,
          "Start the server, and see that this machine may reach it.",
        ),
      );
    };
    socket.once("connect", () => {
      socket.destroy();
      resolve();
    });
    socket.once("timeout", () => {
      unreachable("timeout");
    });
    socket.once("error", (error: NodeJS.ErrnoException) => {
      unreachable(error.code ?? error.message);
    });
  });
}
