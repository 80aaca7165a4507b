import type { PackagingDocument, PipelineDocument } from "../../blueprint/pipeline/pipeline-document";
import { InvalidInputError } from "../../blueprint/problems";

/** @throws InvalidInputError for a pipeline that packages nothing */
export function requiredPackaging({ name, packaging }: PipelineDocument, command: string): PackagingDocument {
  if (packaging !== null) return packaging;
  throw new InvalidInputError(`slipway ${command}`, [
    {
      path: "pipeline.packaging",
      value: null,
      says: `says nothing, so pipeline ${name} ends at the model`,
      remedy: "Give MlPipeline a packaging: Packaging.image({ base, repository }).",
    },
  ]);
}
