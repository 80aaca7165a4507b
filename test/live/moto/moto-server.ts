import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { pythonProgram } from "../../tools";

/** A running server that speaks S3, KMS and STS. */
export interface MotoServer {
  readonly endpoint: string;
  /** Any credentials will do. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export function motoProgram(): string {
  return pythonProgram("moto", "moto_server");
}

export async function startMoto(program: string): Promise<MotoServer> {
  const port = await freePort();
  const server = spawn(program, ["-H", "127.0.0.1", "-p", String(port)], { stdio: "ignore" });
  const endpoint = `http://127.0.0.1:${port}`;
  await untilItAnswers(endpoint, server);
  return {
    endpoint,
    env: { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" },
    async stop() {
      const exit = once(server, "exit");
      server.kill("SIGKILL");
      await exit;
    },
  };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}

async function untilItAnswers(endpoint: string, server: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    if (server.exitCode !== null) throw new Error(`moto_server ended with ${server.exitCode}`);
    const answered = await fetch(`${endpoint}/moto-api/`).then(
      (response) => response.ok,
      () => false,
    );
    if (answered) return;
    await pause(200);
  }
  throw new Error("moto_server does not answer");
}
