import type { RepositoryFile } from "@cdktf/provider-github/lib/repository-file";
import { Construct } from "constructs";
import type { DeliverableFile } from "../../blueprint/targets";

/**
 * Files of one repository that several pipelines deliver alike: each is made once, and belongs to the repository, so that it
 * stays when the pipeline that brought it goes.
 */
export class SharedFiles extends Construct {
  private readonly files = new Map<string, { readonly content: string; readonly resource: RepositoryFile }>();

  /** The file's resource, made when no pipeline brought it before. */
  public share(file: DeliverableFile, make: (scope: Construct) => RepositoryFile): RepositoryFile {
    const known = this.files.get(file.path);
    if (known !== undefined) return known.resource;
    const resource = make(this);
    this.files.set(file.path, { content: file.content, resource });
    return resource;
  }

  /** Whether another pipeline brought other content to the same place. */
  public contradicts(file: DeliverableFile): boolean {
    const known = this.files.get(file.path);
    return known !== undefined && known.content !== file.content;
  }
}
