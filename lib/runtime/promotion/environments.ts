import type { EnvironmentDocument, PipelineDocument } from "../../blueprint/pipeline/pipeline-document";
import { InvalidInputError } from "../../blueprint/problems";

/** The last environment of a pipeline: what candidates are compared with stands there. `null` where nothing is promoted. */
export function productionEnvironment({ environments }: PipelineDocument): string | null {
  return environments.at(-1)?.name ?? null;
}

/**
 * The environment of that name, and the one a model must stand in before.
 *
 * @throws InvalidInputError when the pipeline has no such environment
 */
export function environmentNamed(
  { name, environments }: PipelineDocument,
  wanted: string,
): { readonly environment: EnvironmentDocument; readonly before: string | null } {
  const index = environments.findIndex((environment) => environment.name === wanted);
  const environment = environments[index];
  if (environment === undefined) {
    throw new InvalidInputError("slipway promote", [
      {
        path: "<environment>",
        value: wanted,
        says: `is no environment of pipeline ${name}`,
        remedy: `Known are ${environments.map((each) => each.name).join(", ") || "none"}.`,
      },
    ]);
  }
  return { environment, before: environments[index - 1]?.name ?? null };
}
