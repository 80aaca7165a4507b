import { baseComponent, type BilledBase, billText, libraryComponent, loadCycloneDx } from "./bill-parts";
import type { NpmPackage } from "./npm-packages";

/** What is in the image of the jobs' runtime. */
export interface RuntimeBill {
  /** Slipway's version. */
  readonly version: string;
  /** sha256 of package-lock.json in hex. */
  readonly lockSha256: string;
  readonly baseImage: BilledBase;
  readonly packages: readonly NpmPackage[];
}

/**
 * The bill of materials of a runtime image. The lock allows one tarball per package: its hash is the component's.
 *
 * @throws BrokenEnvironmentError when the library cannot be loaded
 */
export function runtimeBillOfMaterials({ version, lockSha256, baseImage, packages }: RuntimeBill): string {
  const { Enums, Models } = loadCycloneDx();
  const about = new Models.Component(Enums.ComponentType.Application, "slipway-runtime", {
    bomRef: `runtime:sha256:${lockSha256}`,
    version,
  });
  const libraries = packages.map(({ name, sha512, ...rest }) => {
    const [, scope, bare] = /^(?:(@[^/]+)\/)?(.*)$/.exec(name)!;
    const purl = `pkg:npm/${name.replace("@", "%40")}@${encodeURIComponent(rest.version)}`;
    const component = libraryComponent({ name: bare!, ...rest }, purl, scope);
    if (sha512 !== null) component.hashes.set(Enums.HashAlgorithm["SHA-512"], sha512);
    return component;
  });
  return billText(about, [baseComponent(baseImage), ...libraries]);
}
