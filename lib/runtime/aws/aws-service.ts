import { AwsClient } from "aws4fetch";
import type { Variables } from "../command-context";
import { BrokenEnvironmentError } from "../refusals";
import { awsCredentials } from "./aws-credentials";

/** One AWS service (or what speaks like it) in one region, every call signed with the job's identity. */
export class AwsService {
  private client: Promise<AwsClient> | null = null;

  public constructor(
    private readonly service: "s3" | "kms" | "ecr",
    public readonly region: string,
    private readonly env: Variables,
  ) {}

  /** Sends a signed request; throttling and server errors are tried again. Any other status is the caller's to judge. */
  public async call(url: string, request: RequestInit): Promise<Response> {
    this.client ??= this.connect();
    const client = await this.client;
    try {
      return await client.fetch(url, request);
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : "";
      throw new BrokenEnvironmentError(
        `${new URL(url).origin} does not answer${cause}`,
        "Check the endpoint and the network of this job.",
      );
    }
  }

  private async connect(): Promise<AwsClient> {
    const credentials = await awsCredentials(this.env, this.region);
    return new AwsClient({ ...credentials, service: this.service, region: this.region, retries: 4 });
  }
}
