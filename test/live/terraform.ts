import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ToolMissingError } from "../tools/run-program";

export interface TerraformResult {
  readonly status: number;
  readonly output: string;
}

/**
 * Terraform in a folder of its own, with the providers that the user's Terraform configuration finds (TF_CLI_CONFIG_FILE, the
 * implicit local mirror, or the registry).
 *
 * @throws ToolMissingError when terraform, or a provider that the configuration needs, cannot be had
 */
export class Terraform {
  private constructor(
    /** Where the configuration and, unless it says otherwise, the state are. */
    public readonly folder: string,
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  /** @param configuration - text of a `.tf.json` file */
  public static initialized(configuration: string): Terraform {
    const terraform = new Terraform(mkdtempSync(join(tmpdir(), "slipway-terraform-")), {});
    terraform.configure(configuration);
    terraform.init();
    return terraform;
  }

  /**
   * A stack as cdktf wrote it, with its assets.
   *
   * @param folder - `cdktf.out/stacks/<stack>`
   * @param env - besides the environment of the tests
   */
  public static inStack(folder: string, env: Readonly<Record<string, string>> = {}): Terraform {
    const terraform = new Terraform(folder, env);
    terraform.init();
    return terraform;
  }

  public configure(configuration: string): void {
    writeFileSync(join(this.folder, "main.tf.json"), configuration);
  }

  private init(): void {
    const init = spawnSync("terraform", ["init", "-input=false", "-no-color"], {
      cwd: this.folder,
      encoding: "utf8",
      timeout: 120_000,
    });
    if (init.error !== undefined) throw new ToolMissingError("terraform", init.error.message);
    if (init.status !== 0) throw new ToolMissingError("a Terraform provider", init.stderr.trim().slice(0, 600));
  }

  /** Runs beside this process, which may itself be the server that Terraform talks to. */
  public async run(...args: readonly string[]): Promise<TerraformResult> {
    const [command = "", ...rest] = args;
    const child = spawn("terraform", [command, "-no-color", ...rest], {
      cwd: this.folder,
      env: { ...process.env, ...this.env },
    });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    const status = await new Promise<number>((resolve) => {
      child.on("close", (code) => {
        resolve(code ?? 1);
      });
    });
    return { status, output };
  }
}
