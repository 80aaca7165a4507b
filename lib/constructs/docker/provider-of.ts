import type { TerraformProvider } from "cdktf";

/** The provider of a construct's props as its resources take it: left out where the stack's own is meant. */
export function providerOf(props: { readonly provider?: TerraformProvider }): { provider?: TerraformProvider } {
  return props.provider === undefined ? {} : { provider: props.provider };
}
