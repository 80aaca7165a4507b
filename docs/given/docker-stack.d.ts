import type { TerraformStack } from "cdktf";
declare const stack: TerraformStack;
