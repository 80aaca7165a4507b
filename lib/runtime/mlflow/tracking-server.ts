import { BrokenEnvironmentError } from "../refusals";

/** Where an MLflow server is and how to authenticate to it. */
export interface TrackingServer {
  /** Address without credentials and without a trailing slash, for example `https://mlflow.example.com/ml`. */
  readonly uri: string;
  /** Value of the Authorization header; `null` for a server without authentication. */
  readonly authorization: string | null;
  /** Texts that must never be shown, not even when the server repeats them in an answer. */
  readonly secrets: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the variables that MLflow's own client reads: MLFLOW_TRACKING_URI, and MLFLOW_TRACKING_TOKEN or
 * MLFLOW_TRACKING_USERNAME with MLFLOW_TRACKING_PASSWORD.
 *
 * @returns `null` when no server over HTTP is configured (variable unset or empty)
 * @throws BrokenEnvironmentError when the address is not one of a server, or credentials would travel in clear
 */
export function trackingServerFrom(environment: Environment): TrackingServer | null {
  const address = environment.MLFLOW_TRACKING_URI?.trim() ?? "";
  if (address === "") return null;
  const url = parseAddress(address);
  const credentials = credentialsFrom(environment, url);
  url.username = "";
  url.password = "";
  url.search = "";
  url.hash = "";
  if (credentials.authorization !== null && url.protocol === "http:" && !isLoopback(url.hostname)) {
    throw new BrokenEnvironmentError(
      `MLFLOW_TRACKING_URI ${url.href} is plain http, and credentials are set: they would travel in clear`,
      "Serve MLflow over https, or unset the credentials.",
    );
  }
  return { uri: url.href.replace(/\/+$/, ""), ...credentials };
}

function parseAddress(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) {
    // The address may hold a password that does not parse as one: only its beginning is shown.
    throw new BrokenEnvironmentError(
      `MLFLOW_TRACKING_URI (${address.slice(0, address.indexOf(":") + 1)}...) is not an http or https address`,
      "Set it to the address of an MLflow server, for example https://mlflow.example.com, or unset it to use a local one.",
    );
  }
  return url;
}

function credentialsFrom(environment: Environment, url: URL): Pick<TrackingServer, "authorization" | "secrets"> {
  const username = environment.MLFLOW_TRACKING_USERNAME ?? decodeURIComponent(url.username);
  const password = environment.MLFLOW_TRACKING_PASSWORD ?? decodeURIComponent(url.password);
  const token = environment.MLFLOW_TRACKING_TOKEN ?? "";
  // The same precedence as MLflow's own client: a user name wins over a token.
  if (username !== "" && password !== "") {
    const basic = Buffer.from(`${username}:${password}`).toString("base64");
    return { authorization: `Basic ${basic}`, secrets: [password, basic] };
  }
  if (token !== "") return { authorization: `Bearer ${token}`, secrets: [token] };
  return { authorization: null, secrets: [] };
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(host);
}
