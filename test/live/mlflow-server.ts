import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pythonProgram } from "../tools";
import { freePort, ServerProcess } from "./server-process";

/** Name and password of an MLflow user. */
export interface MlflowUser {
  readonly username: string;
  readonly password: string;
}

/** A real MLflow tracking server and registry on SQLite, on a free port of the loopback interface. */
export class MlflowServer {
  private constructor(
    private readonly process: ServerProcess,
    private readonly folder: string,
    /** What belongs into MLFLOW_TRACKING_URI. */
    public readonly uri: string,
    /** The administrator of a server with authentication; `null` on an open one. */
    public readonly admin: MlflowUser | null,
  ) {}

  /** A server that lets everybody do everything. */
  public static async start(): Promise<MlflowServer> {
    return MlflowServer.launch(null);
  }

  /** A server with MLflow's own basic authentication; who has no permission of their own may only read. */
  public static async startWithAuthentication(): Promise<MlflowServer> {
    return MlflowServer.launch({ username: "admin", password: randomBytes(12).toString("hex") });
  }

  private static async launch(admin: MlflowUser | null): Promise<MlflowServer> {
    const folder = mkdtempSync(join(tmpdir(), "slipway-mlflow-"));
    const port = await freePort();
    const uri = `http://127.0.0.1:${port}`;
    const process = await ServerProcess.start({
      name: "MLflow",
      program: pythonProgram("mlflow", "mlflow"),
      args: [
        ...["server", "--host", "127.0.0.1", "--port", String(port), "--workers", "1"],
        ...["--backend-store-uri", `sqlite:///${join(folder, "mlflow.db")}`],
        ...["--artifacts-destination", join(folder, "artifacts")],
        ...(admin === null ? [] : ["--app-name", "basic-auth"]),
      ],
      env: {
        // Its job consumers need gigabytes and outlive the process group.
        MLFLOW_SERVER_ENABLE_JOB_EXECUTION: "false",
        MLFLOW_DISABLE_TELEMETRY: "true",
        ...(admin === null ? {} : authentication(folder, admin)),
      },
      cwd: folder,
      healthUrl: `${uri}/health`,
      logFile: join(folder, "server.log"),
    });
    return new MlflowServer(process, folder, uri, admin);
  }

  /** Calls MLflow's REST interface directly, as an attacker or an auditor would. */
  public async rest(method: string, path: string, body?: unknown, user = this.admin): Promise<Response> {
    const headers: Record<string, string> = { "content-type": "application/json" };
    if (user !== null) {
      headers.authorization = `Basic ${Buffer.from(`${user.username}:${user.password}`).toString("base64")}`;
    }
    return fetch(`${this.uri}/api/2.0/mlflow/${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  /** Makes a user who, without further grants, may only read. */
  public async createUser(username: string): Promise<MlflowUser> {
    const user = { username, password: randomBytes(12).toString("hex") };
    const response = await this.rest("POST", "users/create", user);
    if (!response.ok) throw new Error(`MLflow did not create ${username}: ${await response.text()}`);
    return user;
  }

  public get log(): string {
    return this.process.log;
  }

  /** Ends the server with all its workers and removes its files. */
  public async stop(): Promise<void> {
    await this.process.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function authentication(folder: string, admin: MlflowUser): Record<string, string> {
  const config = join(folder, "basic-auth.ini");
  const settings = [
    "[mlflow]",
    "default_permission = READ",
    `database_uri = sqlite:///${join(folder, "auth.db")}`,
    `admin_username = ${admin.username}`,
    `admin_password = ${admin.password}`,
    "authorization_function = mlflow.server.auth:authenticate_request_basic_auth",
  ];
  writeFileSync(config, `${settings.join("\n")}\n`, { mode: 0o600 });
  return {
    MLFLOW_AUTH_CONFIG_PATH: config,
    MLFLOW_AUTH_ADMIN_PASSWORD: admin.password,
    MLFLOW_FLASK_SERVER_SECRET_KEY: randomBytes(24).toString("hex"),
  };
}
