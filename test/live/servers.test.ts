import { AwsClient } from "aws4fetch";
import { describeWith, pythonWith } from "../tools";
import { MlflowServer } from "./mlflow-server";
import { MotoServer } from "./moto-server";

describeWith(
  () => pythonWith("mlflow"),
  "MLflow server",
  () => {
    it("is ready when started, and gone when stopped", async () => {
      const server = await MlflowServer.start();
      const made = await server.rest("POST", "experiments/create", { name: "claims" });
      expect(made.status).toBe(200);
      await server.stop();
      await expect(fetch(`${server.uri}/health`)).rejects.toThrow();
    });

    it("with authentication lets only the administrator write", async () => {
      const server = await MlflowServer.startWithAuthentication();
      try {
        const reader = await server.createUser("reader");
        const anonymous = await server.rest("POST", "experiments/search", { max_results: 1 }, null);
        expect(anonymous.status).toBe(401);
        const made = await server.rest("POST", "registered-models/create", { name: "claims" });
        expect(made.status).toBe(200);
        const renamed = await server.rest(
          "POST",
          "registered-models/rename",
          { name: "claims", new_name: "x" },
          reader,
        );
        expect(renamed.status).toBe(403);
      } finally {
        await server.stop();
      }
    });
  },
);

describeWith(
  () => pythonWith("moto"),
  "moto server",
  () => {
    it("keeps objects while it runs, and is gone when stopped", async () => {
      const server = await MotoServer.start();
      try {
        const client = new AwsClient({
          accessKeyId: server.credentials.AWS_ACCESS_KEY_ID,
          secretAccessKey: server.credentials.AWS_SECRET_ACCESS_KEY,
          region: server.credentials.AWS_REGION,
          service: "s3",
        });
        await server.createBucket("models");
        const object = `${server.endpoint}/models/a`;
        expect((await client.fetch(object, { method: "PUT", body: "1" })).status).toBe(200);
        expect(await (await client.fetch(object)).text()).toBe("1");
      } finally {
        await server.stop();
      }
      await expect(fetch(server.endpoint)).rejects.toThrow();
    });
  },
);
