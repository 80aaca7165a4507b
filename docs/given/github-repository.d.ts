import type { MlPipelineProps } from "slipway";
import { Deliverer, GitHubRepository, Reviewer } from "slipway/github";
import type { DeliveredPipeline, ExistingGitHubRepository } from "slipway/github";
import type { TerraformStack } from "cdktf";
declare const stack: TerraformStack;
declare const repository: ExistingGitHubRepository;
declare const rest: Omit<MlPipelineProps<DeliveredPipeline>, "delivery">;
