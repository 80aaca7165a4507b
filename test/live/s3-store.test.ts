import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { AwsService } from "../../lib/runtime/aws/aws-service";
import { openStore } from "../../lib/runtime/store/open-store";
import type { Store } from "../../lib/runtime/store/store";
import { storeBehaviour } from "../runtime/store/store-behaviour";
import { temporaryFolder } from "../runtime/temporary-folder";
import { describeWith, pythonWith } from "../tools";
import { MotoServer } from "./moto-server";

describeWith(
  () => pythonWith("moto"),
  "store in an S3 bucket",
  () => {
    const scratch = temporaryFolder();
    let moto: MotoServer;
    const address = (bucket: string): string => `s3://${bucket}/some/prefix?region=us-east-1&endpoint=${moto.endpoint}`;
    const open = (query = ""): Store =>
      openStore(null, { ...moto.credentials, SLIPWAY_STORE: address("models") + query }, ".");

    beforeAll(async () => {
      moto = await MotoServer.start();
      await moto.createBucket("models");
    });
    afterAll(() => moto.stop());

    storeBehaviour(open, scratch);

    test.each([
      ["", "AES256"],
      ["&sse=AES256", "AES256"],
      ["&sse=aws:kms", "aws:kms"],
    ])("asks for encryption: %j", async (query, expected) => {
      const key = `encrypted/${query.length}`;
      await open(query).putOnce(key, Buffer.from("x"));
      const s3 = new AwsService("s3", "us-east-1", moto.credentials);
      const head = await s3.call(`${moto.endpoint}/models/some/prefix/${key}`, { method: "HEAD" });
      expect(head.headers.get("x-amz-server-side-encryption")).toBe(expected);
    });

    test("lists more than one page", async () => {
      const store = open();
      const keys = Array.from({ length: 1100 }, (_, index) => `pages/${String(index).padStart(5, "0")}`);
      for (let start = 0; start < keys.length; start += 100) {
        await Promise.all(keys.slice(start, start + 100).map((key) => store.putOnce(key, Buffer.from(key))));
      }
      expect(await store.list("pages/")).toEqual(keys);
    });

    test("names what is wrong with a bucket that is not there", async () => {
      const store = openStore(null, { ...moto.credentials, SLIPWAY_STORE: address("no-such-bucket") }, ".");
      await expect(store.putOnce("a", Buffer.from("x"))).rejects.toMatchObject({
        name: "BrokenEnvironmentError",
        message: expect.stringContaining("NoSuchBucket"),
      });
    });

    test("assumes the job's role with the engine's OIDC token", async () => {
      const engine = createServer((request, response) => {
        const { url, headers } = request;
        const asked = url === "/token?v=1&audience=sts.amazonaws.com" && headers.authorization === "bearer job";
        response.writeHead(asked ? 200 : 400).end(JSON.stringify({ value: "header.payload.signature" }));
      }).listen(0, "127.0.0.1");
      await once(engine, "listening");
      try {
        const env = {
          AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/gate",
          AWS_ENDPOINT_URL_STS: moto.endpoint,
          ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${(engine.address() as AddressInfo).port}/token?v=1`,
          ACTIONS_ID_TOKEN_REQUEST_TOKEN: "job",
          SLIPWAY_STORE: address("models"),
        };
        expect(await openStore(null, env, ".").putOnce("by-role", Buffer.from("x"))).toBe("written");
      } finally {
        engine.closeAllConnections();
        engine.close();
      }
    });
  },
);
