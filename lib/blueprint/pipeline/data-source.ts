import type { DataSourceDocument } from "./pipeline-document";

/** Where the data snapshot of a run comes from. */
export class DataSource {
  /** A Parquet or CSV file of the model repository, path relative to the pipeline's root. */
  public static file(path: string, options: SampleOptions = {}): DataSource {
    return new DataSource({ kind: "file", path, sample: options.sample ?? null });
  }

  /** A file behind an HTTPS address, pinned by the SHA-256 of its content. */
  public static url(url: string, options: UrlOptions): DataSource {
    return new DataSource({
      kind: "url",
      url,
      sha256: options.sha256,
      format: options.format,
      sample: options.sample ?? null,
    });
  }

  /** A command of the model repository that writes the snapshot to `output`. It runs in a job of its own that holds no key. */
  public static command(run: string, options: DataCommandOptions): DataSource {
    return new DataSource({ kind: "command", run, output: options.output, sample: options.sample ?? null });
  }

  private constructor(public readonly document: DataSourceDocument) {}
}

/** What pull requests use in place of the data. */
export interface SampleOptions {
  /**
   * A small file of the model repository that pull requests use instead of the data; it must hold nothing confidential.
   * @default none: a pull request is reviewed by lint, tests and custom stages only
   */
  readonly sample?: string;
}

/** What a file behind an address is held against. */
export interface UrlOptions extends SampleOptions {
  /** SHA-256 of the file in lower-case hex, 64 digits. */
  readonly sha256: string;
  /** What the file is; addresses often do not say. */
  readonly format: "parquet" | "csv";
}

/** What a data command leaves behind. */
export interface DataCommandOptions extends SampleOptions {
  /** The Parquet or CSV file that the command writes, relative to the pipeline's root. */
  readonly output: string;
}
