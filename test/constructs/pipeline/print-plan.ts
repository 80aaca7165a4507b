import { TerraformStack, Testing } from "cdktf";
import { aPipeline } from "../a-program";

process.stdout.write(Testing.synth(TerraformStack.of(aPipeline())));
