import { BrokenEnvironmentError } from "../../../lib/runtime/refusals";
import { trackingServerFrom } from "../../../lib/runtime/mlflow/tracking-server";

const https = "https://mlflow.example.com";

test("no address means no server", () => {
  expect(trackingServerFrom({})).toBeNull();
  expect(trackingServerFrom({ MLFLOW_TRACKING_URI: " " })).toBeNull();
});

test("takes user name and password before a token, as MLflow's own client does", () => {
  const environment = {
    MLFLOW_TRACKING_URI: `${https}/ml/`,
    MLFLOW_TRACKING_USERNAME: "ann",
    MLFLOW_TRACKING_PASSWORD: "s3cret",
    MLFLOW_TRACKING_TOKEN: "token",
  };
  expect(trackingServerFrom(environment)).toMatchObject({
    uri: `${https}/ml`,
    authorization: `Basic ${Buffer.from("ann:s3cret").toString("base64")}`,
  });
  expect(trackingServerFrom({ ...environment, MLFLOW_TRACKING_USERNAME: "" })?.authorization).toBe("Bearer token");
});

test("credentials in the address become a header and leave the address", () => {
  const server = trackingServerFrom({ MLFLOW_TRACKING_URI: "https://ann:p%40ss@mlflow.example.com/" });
  expect(server).toEqual({
    uri: https,
    authorization: `Basic ${Buffer.from("ann:p@ss").toString("base64")}`,
    secrets: ["p@ss", Buffer.from("ann:p@ss").toString("base64")],
  });
});

test.each(["databricks", "file:///mlruns", "sqlite:///secret.db", "mlflow.example.com"])(
  "refuses %s, which is no server, without repeating what it holds",
  (address) => {
    expect(() => trackingServerFrom({ MLFLOW_TRACKING_URI: address })).toThrow(BrokenEnvironmentError);
    expect(() => trackingServerFrom({ MLFLOW_TRACKING_URI: address })).not.toThrow(/secret/);
  },
);

test("credentials never travel over plain http, except on this machine", () => {
  const token = { MLFLOW_TRACKING_TOKEN: "t" };
  expect(() => trackingServerFrom({ MLFLOW_TRACKING_URI: "http://mlflow.internal:5000", ...token })).toThrow(
    /in clear/,
  );
  expect(trackingServerFrom({ MLFLOW_TRACKING_URI: "http://mlflow.internal:5000" })?.authorization).toBeNull();
  expect(trackingServerFrom({ MLFLOW_TRACKING_URI: "http://127.0.0.1:5000", ...token })?.authorization).toBe(
    "Bearer t",
  );
});
