import { checkPipeline } from "../../../lib/blueprint/pipeline/check-pipeline";
import type { PipelineDocument } from "../../../lib/blueprint/pipeline/pipeline-document";
import { pipelineDocument, type PipelineProps } from "../../../lib/blueprint/pipeline/pipeline-props";
import { Problems } from "../../../lib/blueprint/problems";

/** A pipeline that keeps all rules, without the repository, contract and policy that `MlPipeline` holds it against as well. */
export function definePipeline(name: string, props: PipelineProps): PipelineDocument {
  const problems = new Problems();
  const pipeline = pipelineDocument(name, props);
  problems.addAll(checkPipeline(pipeline));
  problems.throwIfAny(`pipeline ${JSON.stringify(name)}`);
  return pipeline;
}
