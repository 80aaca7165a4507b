import type { MlflowHttp } from "./mlflow-http";

/** Milliseconds that one call of the REST API may take. */
const callTimeout = 60_000;

type Query = Readonly<Record<string, string>>;

/** MLflow's REST API as typed calls: every answer is JSON, and what is not there comes back as `undefined`, never as "". */
export class MlflowApi {
  public constructor(private readonly http: MlflowHttp) {}

  public async get<T>(endpoint: string, query: Query): Promise<T> {
    const path = `/api/2.0/mlflow/${endpoint}?${new URLSearchParams(query).toString()}`;
    const response = await this.http.send({ method: "GET", path, idempotent: true, timeout: callTimeout });
    return (await response.json()) as T;
  }

  /** A call that may be sent twice without harm: setting a tag, an alias, a status. */
  public async put<T>(endpoint: string, body: object, method: "POST" | "PATCH" | "DELETE" = "POST"): Promise<T> {
    return await this.write(endpoint, body, method, true);
  }

  /** A call that makes something new every time it is sent. */
  public async create<T>(endpoint: string, body: object): Promise<T> {
    return await this.write(endpoint, body, "POST", false);
  }

  private async write<T>(
    endpoint: string,
    body: object,
    method: "POST" | "PATCH" | "DELETE",
    idempotent: boolean,
  ): Promise<T> {
    const response = await this.http.send({
      method,
      path: `/api/2.0/mlflow/${endpoint}`,
      idempotent,
      body: () => ({ content: JSON.stringify(body), type: "application/json" }),
      timeout: callTimeout,
    });
    return (await response.json()) as T;
  }
}

export type Tags = Readonly<Record<string, string>>;

interface KeyValue {
  readonly key: string;
  readonly value: string;
}

/** MLflow writes maps as lists of pairs. */
export function pairsOf(map: Tags): readonly KeyValue[] {
  return Object.entries(map).map(([key, value]) => ({ key, value }));
}

export function mapOf(pairs: readonly KeyValue[] | undefined): Tags {
  return Object.fromEntries((pairs ?? []).map(({ key, value }) => [key, value]));
}
