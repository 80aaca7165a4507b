import type { StoreDocument } from "./pipeline-document";

/** Where models, evidence and promotion records are kept, each written once and never changed. */
export class Store {
  /**
   * A folder: for laptops, and for self-hosted runners that share a disk.
   *
   * @param path - relative to the checkout of the model repository, or absolute
   */
  public static directory(path: string): Store {
    return new Store({ kind: "directory", path });
  }

  /** A bucket of S3 or of anything that speaks its protocol and honours `If-None-Match`. */
  public static s3(options: S3Options): Store {
    return new Store({
      kind: "s3",
      bucket: options.bucket,
      prefix: options.prefix ?? "",
      region: options.region,
      endpoint: options.endpoint ?? null,
    });
  }

  private constructor(public readonly document: StoreDocument) {}
}

/** Where a bucket is. */
export interface S3Options {
  /** The bucket's name. */
  readonly bucket: string;
  /** Its region, for example `eu-central-1`. */
  readonly region: string;
  /**
   * Put before every key, without a slash at its end.
   * @default none
   */
  readonly prefix?: string;
  /**
   * Address of the service.
   * @default AWS
   */
  readonly endpoint?: string;
}
