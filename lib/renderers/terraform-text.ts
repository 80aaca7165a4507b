/**
 * Terraform reads `${` and `%{` inside strings as the beginning of a template, and doubled, `$${` and `%%{`, as themselves. Text
 * that others wrote (workflows, shell, PromQL, dashboards) goes through here on its way into Terraform's JSON.
 *
 * The doubling holds for a run of markers too: in `$${` that should stay as it is, both `$` are text and the second begins the
 * marker, so the result is `$$${`, which Terraform reads as `$` and the escaped marker.
 */
export function escapeTerraformTemplate(text: string): string {
  return text.replace(/[$%](?=\{)/g, "$&$&");
}

/** The text that Terraform makes of an escaped one; the inverse of {@link escapeTerraformTemplate}. */
export function unescapeTerraformTemplate(text: string): string {
  return text.replace(/\$\$(?=\{)|%%(?=\{)/g, (marker) => marker.charAt(0));
}
