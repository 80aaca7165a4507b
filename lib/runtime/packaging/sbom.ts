import type * as CycloneDx from "@cyclonedx/cyclonedx-library";
import { digestHex } from "../handoff/folder-digest";
import { BrokenEnvironmentError } from "../refusals";
import { type InstalledPackage, type PackageLicense } from "./environment/installed-packages";
import { normalName } from "./environment/locked-requirements";

/** What is in an image, as far as it is said in its software bill of materials. */
export interface BillOfMaterials {
  readonly model: {
    readonly name: string;
    /** Version in the model registry; `null` where it was not registered. */
    readonly version: string | null;
    /** `sha256:...`: its content digest. */
    readonly digest: string;
  };
  readonly baseImage: {
    /** Without tag and digest, for example `registry.example.org/python`. */
    readonly repository: string;
    /** `sha256:...` of the manifest that the layers were put on. */
    readonly digest: string;
  };
  /** What answers requests, for example `slipway-serving` of this Slipway. */
  readonly server: { readonly name: string; readonly version: string };
  /** Python packages of all layers. */
  readonly packages: readonly InstalledPackage[];
}

/**
 * The bill of materials as CycloneDX 1.6 in JSON. It follows from its content alone: no time and no serial number, so that whoever
 * rebuilds the image gets the same.
 *
 * A package's hash is not in it: the lock allows several wheels per package, and uv does not say which one it took. Base image and model
 * are named by their digests, the packages' bytes are covered by the digests of the layers.
 *
 * @throws BrokenEnvironmentError when the library cannot be loaded
 */
export function billOfMaterials({ model, baseImage, server, packages }: BillOfMaterials): string {
  const { Enums, Models, Serialize, Spec } = loadCycloneDx();
  const { Component } = Models;
  const { ComponentType } = Enums;
  const sha256 = (digest: string): CycloneDx.Models.HashDictionary =>
    new Models.HashDictionary([[Enums.HashAlgorithm["SHA-256"], digestHex(digest)]]);

  const image = baseImagePurl(baseImage);
  const parts = {
    model: new Component(ComponentType.MachineLearningModel, model.name, {
      bomRef: `model:${model.digest}`,
      hashes: sha256(model.digest),
      ...(model.version !== null && { version: model.version }),
    }),
    base: new Component(ComponentType.Container, baseImage.repository, {
      bomRef: image,
      purl: image,
      version: baseImage.digest,
      hashes: sha256(baseImage.digest),
    }),
    server: new Component(ComponentType.Application, server.name, {
      bomRef: `server:${server.name}@${server.version}`,
      version: server.version,
    }),
  };
  const libraries = packages.map(({ name, version, license }) => {
    const purl = `pkg:pypi/${normalName(name)}@${encodeURIComponent(version)}`;
    const component = new Component(ComponentType.Library, name, { bomRef: purl, purl, version });
    for (const each of licensesOf(license, Models)) component.licenses.add(each);
    return component;
  });
  const bill = new Models.Bom();
  bill.metadata.component = parts.model;
  for (const component of [parts.base, parts.server, ...libraries]) {
    bill.components.add(component);
    parts.model.dependencies.add(component.bomRef);
  }
  const normalize = new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6);
  return `${new Serialize.JsonSerializer(normalize).serialize(bill, { sortLists: true, space: 2 })}\n`;
}

/** Names of licenses that are no SPDX expression are kept as the package says them. */
function licensesOf(license: PackageLicense, models: typeof CycloneDx.Models): readonly CycloneDx.Models.License[] {
  if (license === null) return [];
  if ("expression" in license) return [new models.LicenseExpression(license.expression)];
  return license.names.map((name) => new models.NamedLicense(name));
}

/** A package URL of the type `oci`: the name is the last part of the repository, in lower case. */
function baseImagePurl({ repository, digest }: BillOfMaterials["baseImage"]): string {
  const name = repository.slice(repository.lastIndexOf("/") + 1).toLowerCase();
  return `pkg:oci/${name}@${encodeURIComponent(digest)}?repository_url=${encodeURIComponent(repository)}`;
}

/** Only who packages needs it: it is loaded on first use. */
function loadCycloneDx(): typeof CycloneDx {
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
