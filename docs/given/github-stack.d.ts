import type { MlPipelineProps } from "slipway";
import type { DeliveredPipeline } from "slipway/github";
import type { TerraformStack } from "cdktf";
declare const stack: TerraformStack;
declare const rest: Omit<MlPipelineProps<DeliveredPipeline>, "delivery">;
