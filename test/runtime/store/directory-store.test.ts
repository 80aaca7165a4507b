import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DirectoryStore } from "../../../lib/runtime/store/directory-store";
import { fetchModel, putModel } from "../../../lib/runtime/store/model-store";
import { digestFolder, digestHex } from "../../../lib/runtime/handoff/folder-digest";
import { temporaryFolder } from "../temporary-folder";
import { writeFiles } from "../write-files";
import { storeBehaviour } from "./store-behaviour";

const top = temporaryFolder();

storeBehaviour(() => new DirectoryStore(join(top, "store")), top);

describe("a model whose stored files were changed", () => {
  const folder = writeFiles(join(top, "honest"), { MLmodel: "flavors: {}", "data/weights.bin": "0123456789" });
  const setUp = async (name: string): Promise<{ store: DirectoryStore; digest: string; place: string }> => {
    const store = new DirectoryStore(join(top, name));
    const digest = await putModel(store, folder);
    return { store, digest, place: join(top, name, "models/sha256", digestHex(digest)) };
  };
  const overwrite = (file: string, text: string): void => {
    chmodSync(file, 0o644);
    writeFileSync(file, text);
  };

  test("is refused when a file differs", async () => {
    const { store, digest, place } = await setUp("file");
    overwrite(join(place, "data/weights.bin"), "9876543210");
    await expect(fetchModel(store, digest, join(top, "out"))).rejects.toMatchObject({ check: "model-digest-mismatch" });
  });

  test("is refused when file and list differ alike", async () => {
    const { store, digest, place } = await setUp("list");
    overwrite(join(place, "data/weights.bin"), "9876543210");
    overwrite(`${place}.manifest`, (await digestFolder(place)).fileList);
    await expect(fetchModel(store, digest, join(top, "out"))).rejects.toMatchObject({ check: "model-digest-mismatch" });
  });

  test("is refused when it is not there", async () => {
    const { store } = await setUp("absent");
    const other = `sha256:${"0".repeat(64)}`;
    await expect(fetchModel(store, other, join(top, "out"))).rejects.toMatchObject({ check: "model-not-in-store" });
  });
});
