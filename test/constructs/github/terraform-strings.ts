import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ToolMissingError } from "../../tools/run-program";

/** What Terraform makes of strings that stand in its JSON, by Terraform itself: its built-in resource needs no provider. */
export class TerraformStrings {
  /** @throws ToolMissingError where there is no terraform */
  public static find(): TerraformStrings {
    const { error } = spawnSync("terraform", ["version"]);
    if (error !== undefined) throw new ToolMissingError("terraform", error.message);
    return new TerraformStrings();
  }

  public read(texts: readonly string[]): readonly string[] {
    const folder = mkdtempSync(join(tmpdir(), "slipway-strings-"));
    try {
      writeFileSync(
        join(folder, "main.tf.json"),
        JSON.stringify({
          resource: { terraform_data: { texts: { input: texts } } },
          output: { texts: { value: "${terraform_data.texts.output}" } },
        }),
      );
      run(folder, "init", "-input=false");
      run(folder, "apply", "-auto-approve", "-input=false");
      return JSON.parse(run(folder, "output", "-json", "texts")) as readonly string[];
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

function run(folder: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync("terraform", args, {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 256 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}
