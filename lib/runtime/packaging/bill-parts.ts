import type * as CycloneDx from "@cyclonedx/cyclonedx-library";
import { digestHex } from "../handoff/folder-digest";
import { BrokenEnvironmentError } from "../refusals";
import type { PackageLicense } from "./environment/installed-packages";

/** The image that layers were put on, as a bill of materials names it. */
export interface BilledBase {
  /** Without tag and digest, for example `registry.example.org/python`. */
  readonly repository: string;
  /** `sha256:...` of the manifest that the layers were put on. */
  readonly digest: string;
}

/** The text of a bill about one thing and what it consists of: CycloneDX 1.6 in JSON, without a time or a serial number. */
export function billText(about: CycloneDx.Models.Component, parts: readonly CycloneDx.Models.Component[]): string {
  const { Models, Serialize, Spec } = loadCycloneDx();
  const bill = new Models.Bom();
  bill.metadata.component = about;
  for (const component of parts) {
    bill.components.add(component);
    about.dependencies.add(component.bomRef);
  }
  const normalize = new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6);
  return `${new Serialize.JsonSerializer(normalize).serialize(bill, { sortLists: true, space: 2 })}\n`;
}

export function baseComponent({ repository, digest }: BilledBase): CycloneDx.Models.Component {
  const { Enums, Models } = loadCycloneDx();
  const purl = basePurl({ repository, digest });
  const hashes = new Models.HashDictionary([[Enums.HashAlgorithm["SHA-256"], digestHex(digest)]]);
  return new Models.Component(Enums.ComponentType.Container, repository, {
    ...{ bomRef: purl, purl, version: digest, hashes },
  });
}

/** A package, known by its package URL. @param group - of names that have one, as npm's scopes */
export function libraryComponent(
  { name, version, license }: { readonly name: string; readonly version: string; readonly license: PackageLicense },
  purl: string,
  group?: string,
): CycloneDx.Models.Component {
  const { Enums, Models } = loadCycloneDx();
  const component = new Models.Component(Enums.ComponentType.Library, name, { bomRef: purl, purl, version, group });
  for (const each of licensesOf(license, Models)) component.licenses.add(each);
  return component;
}

/** Names of licenses that are no SPDX expression are kept as the package says them. */
function licensesOf(license: PackageLicense, models: typeof CycloneDx.Models): readonly CycloneDx.Models.License[] {
  if (license === null) return [];
  if ("expression" in license) return [new models.LicenseExpression(license.expression)];
  return license.names.map((name) => new models.NamedLicense(name));
}

/** A package URL of the type `oci`: the name is the last part of the repository, in lower case. */
function basePurl({ repository, digest }: BilledBase): string {
  const name = repository.slice(repository.lastIndexOf("/") + 1).toLowerCase();
  return `pkg:oci/${name}@${encodeURIComponent(digest)}?repository_url=${encodeURIComponent(repository)}`;
}

/** Only who packages needs it: it is loaded on first use. */
export function loadCycloneDx(): typeof CycloneDx {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- takes a while to load: only on first use
    return require("@cyclonedx/cyclonedx-library") as typeof CycloneDx;
  } catch (error) {
    throw new BrokenEnvironmentError(
      `the library that writes bills of materials cannot be loaded: ${(error as Error).message.split("\n")[0] ?? ""}`,
      "Install Slipway anew: npm ci.",
    );
  }
}
