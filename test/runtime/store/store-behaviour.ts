import { createHash, randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { digestFolder } from "../../../lib/runtime/handoff/folder-digest";
import { fetchModel, putModel } from "../../../lib/runtime/store/model-store";
import type { Store } from "../../../lib/runtime/store/store";
import { writeFiles } from "../write-files";

/** What every store promises; run against a folder and against a real S3 API. */
export function storeBehaviour(open: () => Store, scratch: string): void {
  const text = (content: Uint8Array | null): string | null =>
    content === null ? null : Buffer.from(content).toString();

  test("keeps the first content of a key", async () => {
    const store = open();
    expect(await store.get("once/a")).toBeNull();
    expect(await store.putOnce("once/a", Buffer.from("first"))).toBe("written");
    expect(await store.putOnce("once/a", Buffer.from("second"))).toBe("existed");
    expect(text(await store.get("once/a"))).toBe("first");
  });

  test("tells exactly one of many concurrent writers that it wrote, and keeps that one's content", async () => {
    for (const key of ["race/1", "race/2", "race/3"]) {
      const writers = Array.from({ length: 16 }, (_, index) => Buffer.from(`writer ${index} `.repeat(1000)));
      const outcomes = await Promise.all(writers.map((content) => open().putOnce(key, content)));
      const winners = writers.filter((_, index) => outcomes[index] === "written");
      expect(winners).toHaveLength(1);
      expect(text(await open().get(key))).toBe(winners[0]!.toString());
    }
  });

  test("lists by prefix, whatever the names", async () => {
    const store = open();
    const names = ["b c", "a+b", "é", "(x)!'*", "sub/%41", "sub/&<>"].map((name) => `names/${name}`);
    for (const name of names) await store.putOnce(name, Buffer.from(name));
    const sorted = [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(await store.list("names/")).toEqual(sorted);
    expect(await store.list("names/sub/")).toEqual(["names/sub/%41", "names/sub/&<>"]);
    expect(await store.list("nothing/")).toEqual([]);
    for (const name of names) expect(text(await store.get(name))).toBe(name);
  });

  test("streams files, and downloads only what is there", async () => {
    const store = open();
    const content = Buffer.alloc(3_000_000, "slipway ");
    const path = join(scratch, randomUUID());
    writeFileSync(path, content);
    const file = { path, size: content.length, sha256: createHash("sha256").update(content).digest("hex") };
    expect(await store.putFileOnce("files/big", file)).toBe("written");
    expect(await store.putFileOnce("files/big", file)).toBe("existed");
    expect(await store.download("files/big", `${path}.out`)).toBe(true);
    expect(readFileSync(`${path}.out`).equals(content)).toBe(true);
    expect(await store.download("files/none", `${path}.none`)).toBe(false);
  });

  test.each(["../outside", "/absolute", "a/../../b", "a\\b"])("refuses the key %j", async (key) => {
    await expect(open().putOnce(key, Buffer.from("x"))).rejects.toMatchObject({ name: "InvalidInputError" });
  });

  test("gives a model back byte for byte", async () => {
    const store = open();
    const folder = writeFiles(join(scratch, randomUUID()), {
      MLmodel: "flavors: {}",
      "data/weights (1).bin": Buffer.alloc(100_000, 7),
      empty: "",
    });
    const digest = await putModel(store, folder);
    expect(await putModel(store, folder)).toBe(digest);
    const out = join(scratch, randomUUID());
    await fetchModel(store, digest, out);
    expect((await digestFolder(out)).digest).toBe(digest);
  });
}
