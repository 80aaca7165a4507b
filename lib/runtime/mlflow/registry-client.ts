import { mapOf, type MlflowApi, pairsOf, type Tags } from "./mlflow-api";
import { MlflowError } from "./mlflow-http";

export interface ModelVersion {
  readonly model: string;
  readonly version: string;
  /** Where its files are, for example `mlflow-artifacts:/1/479094a6.../artifacts/registered`. */
  readonly source: string;
  readonly runId: string | null;
  readonly status: "PENDING_REGISTRATION" | "FAILED_REGISTRATION" | "READY";
  readonly tags: Tags;
}

/** Registered models, their versions, tags and aliases. What it answers is information; the proof is the promotion record. */
export class RegistryClient {
  public constructor(private readonly api: MlflowApi) {}

  /** Makes the registered model when it does not exist. */
  public async ensureModel(model: string, description: string): Promise<void> {
    try {
      await this.api.create("registered-models/create", { name: model, description });
    } catch (error) {
      if (!(error instanceof MlflowError) || error.code !== "RESOURCE_ALREADY_EXISTS") throw error;
    }
  }

  /** Version by alias; empty when the model does not exist or has none. */
  public async aliases(model: string): Promise<ReadonlyMap<string, string>> {
    try {
      const answer = await this.api.get<{ registered_model: { aliases?: readonly Alias[] } }>("registered-models/get", {
        name: model,
      });
      return new Map((answer.registered_model.aliases ?? []).map(({ alias, version }) => [alias, version]));
    } catch (error) {
      if (isMissing(error)) return new Map();
      throw error;
    }
  }

  public async setAlias(model: string, alias: string, version: string): Promise<void> {
    await this.api.put("registered-models/alias", { name: model, alias, version });
  }

  /** `null` when the registry does not hold that version (any more). */
  public async version(model: string, version: string): Promise<ModelVersion | null> {
    try {
      const answer = await this.api.get<{ model_version: VersionAnswer }>("model-versions/get", {
        name: model,
        version,
      });
      return versionFrom(answer.model_version);
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  /** Versions that carry the given tag, lowest number first. */
  public async versionsTagged(model: string, tag: string, value: string): Promise<readonly ModelVersion[]> {
    const found: ModelVersion[] = [];
    let pageToken = "";
    do {
      const answer = await this.api.get<{ model_versions?: readonly VersionAnswer[]; next_page_token?: string }>(
        "model-versions/search",
        {
          filter: `name = ${quoted(model)} and tags.\`${tag}\` = ${quoted(value)}`,
          max_results: "100",
          ...(pageToken === "" ? {} : { page_token: pageToken }),
        },
      );
      found.push(...(answer.model_versions ?? []).map(versionFrom));
      pageToken = answer.next_page_token ?? "";
    } while (pageToken !== "");
    return found.sort((a, b) => Number(a.version) - Number(b.version));
  }

  public async createVersion(
    model: string,
    source: string,
    runId: string | null,
    description: string,
    tags: Tags,
  ): Promise<ModelVersion> {
    const answer = await this.api.create<{ model_version: VersionAnswer }>("model-versions/create", {
      name: model,
      source,
      description,
      ...(runId === null ? {} : { run_id: runId }),
      tags: pairsOf(tags),
    });
    return versionFrom(answer.model_version);
  }

  public async setVersionTag(model: string, version: string, key: string, value: string): Promise<void> {
    await this.api.put("model-versions/set-tag", { name: model, version, key, value });
  }

  /** Where the version's files are: the answer of the server, which for logged models differs from the version's source. */
  public async filesOf(model: string, version: string): Promise<string> {
    const answer = await this.api.get<{ artifact_uri: string }>("model-versions/get-download-uri", {
      name: model,
      version,
    });
    return answer.artifact_uri;
  }
}

interface Alias {
  readonly alias: string;
  readonly version: string;
}

interface VersionAnswer {
  readonly name: string;
  readonly version: string;
  readonly source: string;
  readonly run_id?: string;
  readonly status: ModelVersion["status"];
  readonly tags?: readonly { readonly key: string; readonly value: string }[];
}

function versionFrom(answer: VersionAnswer): ModelVersion {
  return {
    model: answer.name,
    version: answer.version,
    source: answer.source,
    runId: answer.run_id === undefined || answer.run_id === "" ? null : answer.run_id,
    status: answer.status,
    tags: mapOf(answer.tags),
  };
}

function isMissing(error: unknown): boolean {
  return error instanceof MlflowError && error.code === "RESOURCE_DOES_NOT_EXIST";
}

/** MLflow's filter language knows no escape inside a text: one that holds its quote cannot be asked for. */
function quoted(text: string): string {
  if (!text.includes("'")) return `'${text}'`;
  if (!text.includes('"')) return `"${text}"`;
  throw new MlflowError(400, "INVALID_PARAMETER_VALUE", `cannot search for ${text}`, "Use a name without quotes.");
}
