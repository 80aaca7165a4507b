import type { PipelineDocument, RegistryDocument } from "../../blueprint/pipeline/pipeline-document";
import { InvalidInputError } from "../../blueprint/problems";

/** @throws InvalidInputError for a pipeline that registers nothing */
export function requiredRegistry({ name, registry }: PipelineDocument, command: string): RegistryDocument {
  if (registry !== null) return registry;
  throw new InvalidInputError(`slipway ${command}`, [
    {
      path: "pipeline.registry",
      value: null,
      says: `names no model registry, so pipeline ${name} ends at signed evidence`,
      remedy: "Give MlPipeline a registry.",
    },
  ]);
}
