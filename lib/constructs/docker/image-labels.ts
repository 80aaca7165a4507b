import { Token } from "cdktf";
import { escapeTerraformTemplate } from "../../renderers/terraform-text";

/** What an image says about itself, under the names of the OCI image specification (`org.opencontainers.image.*`). */
export interface ImageDescription {
  /** For people, one line. */
  readonly title?: string;
  readonly description?: string;
  /** Version of the packaged software. */
  readonly version?: string;
  /** Commit that it was built from. */
  readonly revision?: string;
  /** URL of the source code. */
  readonly source?: string;
  /** SPDX expression. */
  readonly licenses?: string;
  readonly vendor?: string;
}

/** The description and further labels as an image carries them, ready for Terraform. */
export function imageLabels(
  description: ImageDescription = {},
  further: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const described = Object.entries(description as Record<string, string>).map(
    ([name, value]) => [`org.opencontainers.image.${name}`, value] as const,
  );
  return escaped(Object.fromEntries([...described, ...Object.entries(further)]));
}

/** Texts of a user's as Terraform reads them; what Terraform itself fills in stays as it is. */
export function escaped(texts: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, escapedText(text)]));
}

/** A text of a user's as Terraform reads it, unless Terraform fills it in. */
function escapedText(text: string): string {
  return Token.isUnresolved(text) ? text : escapeTerraformTemplate(text);
}
