import { digestHex } from "../handoff/folder-digest";
import { baseComponent, type BilledBase, billText, libraryComponent, loadCycloneDx } from "./bill-parts";
import type { InstalledPackage } from "./environment/installed-packages";
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
  readonly baseImage: BilledBase;
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
  const { Enums, Models } = loadCycloneDx();
  const about = new Models.Component(Enums.ComponentType.MachineLearningModel, model.name, {
    bomRef: `model:${model.digest}`,
    hashes: new Models.HashDictionary([[Enums.HashAlgorithm["SHA-256"], digestHex(model.digest)]]),
    ...(model.version !== null && { version: model.version }),
  });
  const answering = new Models.Component(Enums.ComponentType.Application, server.name, {
    bomRef: `server:${server.name}@${server.version}`,
    version: server.version,
  });
  const libraries = packages.map((each) =>
    libraryComponent(each, `pkg:pypi/${normalName(each.name)}@${encodeURIComponent(each.version)}`),
  );
  return billText(about, [baseComponent(baseImage), answering, ...libraries]);
}
