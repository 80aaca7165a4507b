import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { untilServed } from "../../../lib/runtime/verify/served-model";

const [old, wanted] = ["a", "b"].map((digit) => `sha256:${digit.repeat(64)}`) as [string, string];

/** A service whose n-th look is answered by the n-th state; the last state stays. */
async function service(states: readonly ({ readonly model: string } | "not ready" | "no model")[]): Promise<Server> {
  let looks = 0;
  const server = createServer((request, response) => {
    const state = states[Math.min(looks, states.length - 1)]!;
    if (request.url === "/ready") {
      response.writeHead(state === "not ready" ? 503 : 200).end();
      if (state === "not ready") looks++;
      return;
    }
    looks++;
    response.end(JSON.stringify(typeof state === "string" ? {} : { ...state, pipeline: "risk", server: "test/1" }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

function urlOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

test("waits until the wanted model is served, and says what is served meanwhile", async () => {
  server = await service(["not ready", "no model", { model: old }, { model: wanted }]);
  const said: string[] = [];
  const served = await untilServed(urlOf(server), wanted, 60, (text) => said.push(text.replace(/^.*: /, "")));
  expect(served).toEqual({ model: wanted, pipeline: "risk", server: "test/1" });
  expect(said).toEqual(["/ready answers 503", "/version names no model", `it serves ${old}`]);
});

test("one answer is no rollout: a replica of the old model starts the count anew", async () => {
  const mixed = [{ model: wanted }, { model: wanted }, { model: old }, { model: wanted }];
  server = await service(mixed);
  const said: string[] = [];
  await untilServed(urlOf(server), wanted, 60, (text) => said.push(text));
  expect(said).toHaveLength(1);
});

test("gives up when the time is over, and says what it last saw", async () => {
  server = await service([{ model: old }]);
  await expect(untilServed(urlOf(server), wanted, 0, () => undefined)).rejects.toMatchObject({
    check: "model-not-served",
    message: expect.stringContaining(`it serves ${old}`) as string,
  });
});

test("an address that nobody listens at is said by its cause", async () => {
  server = await service([]);
  const url = urlOf(server);
  await new Promise((resolve) => server!.close(resolve));
  await expect(untilServed(url, wanted, 0, () => undefined)).rejects.toThrow("ECONNREFUSED");
});
