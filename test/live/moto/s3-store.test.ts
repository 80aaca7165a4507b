import { AwsService } from "../../../lib/runtime/aws/aws-service";
import { openStore } from "../../../lib/runtime/store/open-store";
import type { Store } from "../../../lib/runtime/store/store";
import { storeBehaviour } from "../../runtime/store/store-behaviour";
import { temporaryFolder } from "../../runtime/temporary-folder";
import { describeWith } from "../../tools";
import { motoProgram, startMoto, type MotoServer } from "./moto-server";

describeWith(motoProgram, "store in an S3 bucket", (program) => {
  const scratch = temporaryFolder();
  let moto: MotoServer;
  const open = (query = ""): Store =>
    openStore(
      null,
      { ...moto.env, SLIPWAY_STORE: `s3://models/some/prefix?region=eu-central-1&endpoint=${moto.endpoint}${query}` },
      ".",
    );
  const s3 = (): AwsService => new AwsService("s3", "eu-central-1", moto.env);

  beforeAll(async () => {
    moto = await startMoto(program);
    const body =
      "<CreateBucketConfiguration><LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>";
    const created = await s3().call(`${moto.endpoint}/models`, { method: "PUT", body });
    expect(created.status).toBe(200);
  });
  afterAll(() => moto.stop());

  storeBehaviour(open, scratch);

  test.each([
    ["", "AES256"],
    ["&sse=AES256", "AES256"],
    ["&sse=aws:kms", "aws:kms"],
  ])("asks for encryption: %j", async (query, expected) => {
    const key = `encrypted/${expected}/${query.length}`;
    await open(query).putOnce(key, Buffer.from("x"));
    const head = await s3().call(`${moto.endpoint}/models/some/prefix/${encodeURI(key)}`, { method: "HEAD" });
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
    const env = { ...moto.env, SLIPWAY_STORE: `s3://no-such-bucket/?region=eu-central-1&endpoint=${moto.endpoint}` };
    await expect(openStore(null, env, ".").putOnce("a", Buffer.from("x"))).rejects.toMatchObject({
      name: "BrokenEnvironmentError",
      message: expect.stringContaining("NoSuchBucket"),
    });
  });

  test("assumes the job's role with the engine's OIDC token", async () => {
    const { createServer } = await import("node:http");
    const engine = createServer((request, response) => {
      const asked =
        request.url === "/token?v=1&audience=sts.amazonaws.com" && request.headers.authorization === "bearer job";
      response.writeHead(asked ? 200 : 400).end(JSON.stringify({ value: "header.payload.signature" }));
    }).listen(0, "127.0.0.1");
    const { port } = engine.address() as { port: number };
    try {
      const env = {
        AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/gate",
        AWS_ENDPOINT_URL_STS: moto.endpoint,
        ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${port}/token?v=1`,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: "job",
        SLIPWAY_STORE: `s3://models/role?region=eu-central-1&endpoint=${moto.endpoint}`,
      };
      expect(await openStore(null, env, ".").putOnce("a", Buffer.from("x"))).toBe("written");
    } finally {
      engine.close();
    }
  });
});
