import { request, type IncomingHttpHeaders } from "node:http";
import { ServingPath } from "../../../blueprint/serving/serving-contract";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Thrown when no answer came: the connection was refused or broke, or time was up. */
export class NoAnswerError extends Error {
  public constructor(
    public readonly asked: string,
    why: string,
  ) {
    super(`${asked} got no answer: ${why}`);
    this.name = "NoAnswerError";
  }
}

/** A request under way. */
export interface Begun {
  /** Once its last byte has left this process. */
  readonly sent: Promise<void>;
  readonly answer: Promise<Answer>;
}

const JSON_TYPE = "application/json";

/** Asks one server, each time over a connection of its own, and counts its answers to prediction requests. */
export class ServingClient {
  /** Prediction requests that were answered, by status. */
  public readonly answered = new Map<number, number>();

  public constructor(
    private readonly url: string,
    /** Milliseconds that an answer may take. */
    private readonly patience = 60_000,
  ) {}

  public async get(path: string, patience = this.patience): Promise<Answer> {
    return await this.send("GET", path, null, JSON_TYPE, patience).answer;
  }

  /** The status of a GET; `null` when there is no answer. */
  public async statusOf(path: string, patience = this.patience): Promise<number | null> {
    return await this.get(path, patience).then(
      ({ status }) => status,
      () => null,
    );
  }

  public async predict(body: string, contentType = JSON_TYPE): Promise<Answer> {
    return await this.beginPrediction(body, contentType).answer;
  }

  public beginPrediction(body: string, contentType = JSON_TYPE): Begun {
    const { sent, answer } = this.send("POST", ServingPath.predict, body, contentType, this.patience);
    const counted = answer.then((each) => {
      this.answered.set(each.status, (this.answered.get(each.status) ?? 0) + 1);
      return each;
    });
    // Whoever began it may look at the answer later: until then a failure has somebody who knows.
    counted.catch(() => undefined);
    return { sent, answer: counted };
  }

  private send(method: string, path: string, body: string | null, contentType: string, patience: number): Begun {
    const asked = `${method} ${path}`;
    const outgoing = request(this.url + path, {
      method,
      agent: false,
      signal: AbortSignal.timeout(patience),
      headers: body === null ? {} : { "content-type": contentType, "content-length": Buffer.byteLength(body) },
    });
    const answer = new Promise<Answer>((resolve, reject) => {
      const failed = (error: NodeJS.ErrnoException): void => {
        const why = error.name === "AbortError" ? `none within ${patience / 1000} s` : (error.code ?? error.message);
        reject(new NoAnswerError(asked, why));
      };
      outgoing.once("error", failed);
      outgoing.once("response", (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.once("error", failed);
        incoming.once("end", () => {
          const text = Buffer.concat(chunks).toString("utf8");
          resolve({ status: incoming.statusCode!, headers: incoming.headers, body: text });
        });
      });
    });
    const sent = new Promise<void>((resolve) => {
      outgoing.once("finish", resolve);
      outgoing.once("close", resolve);
    });
    outgoing.end(body ?? undefined);
    return { sent, answer };
  }
}
