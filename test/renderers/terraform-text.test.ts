import fc from "fast-check";
import { escapeTerraformTemplate, unescapeTerraformTemplate } from "../../lib/renderers/terraform-text";

/** Texts in which templates, escaped and not, come up all the time. */
const foreignText = fc
  .array(fc.oneof(fc.constantFrom("$", "%", "{", "}", "$${", "%%{", "${{ x }}", "\n", '"', "\\"), fc.string()))
  .map((parts) => parts.join(""));

describe("text on its way through Terraform", () => {
  test("comes back as it was", () => {
    fc.assert(
      fc.property(foreignText, (text) => {
        expect(unescapeTerraformTemplate(escapeTerraformTemplate(text))).toBe(text);
      }),
      { numRuns: 5000 },
    );
  });

  test("holds no template that Terraform would evaluate", () => {
    fc.assert(
      fc.property(foreignText, (text) => {
        expect(readByTerraform(escapeTerraformTemplate(text))).toBe(text);
      }),
      { numRuns: 5000 },
    );
  });

  test.each([
    ["${{ github.ref }}", "$${{ github.ref }}"],
    ["%{ if x }", "%%{ if x }"],
    ["$${x}", "$$${x}"],
    ["100% of $5 {x}", "100% of $5 {x}"],
  ])("%s is written %s", (text, written) => {
    expect(escapeTerraformTemplate(text)).toBe(written);
  });
});

/** What Terraform makes of a template string, reading from left to right; an evaluated template is an error. */
function readByTerraform(template: string): string {
  let text = "";
  for (let at = 0; at < template.length;) {
    const escaped = ["$${", "%%{"].find((marker) => template.startsWith(marker, at));
    if (escaped !== undefined) {
      text += escaped.slice(1);
      at += escaped.length;
    } else if (template.startsWith("${", at) || template.startsWith("%{", at)) {
      throw new Error(`evaluates ${JSON.stringify(template.slice(at))}`);
    } else {
      text += template.charAt(at);
      at += 1;
    }
  }
  return text;
}
