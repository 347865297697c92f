import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { skipWithout, testDataPath } from "@malleolus/data/test-data";
import { dicomFile, GRAY_2X2 } from "@malleolus/data/test-dicom";
import { decodeLevels } from "@malleolus/imaging";
import { chooseEncoding } from "./content-encoding.ts";
import { startEncodedImages } from "./encoded-images.ts";

interface TestContext {
  after(cleanUp: () => void | Promise<void>): void;
}

function scratch(context: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-images-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const write = (name: string, value: number) => {
    const path = join(folder, name);
    writeFileSync(path, dicomFile({ ...GRAY_2X2, "7fe00010 OW": [value, 2, 3, 4] }));
    return path;
  };
  return { folder, write };
}

test("encoded images: many at once, prepared and waited for, each with its own pixels", async (context) => {
  const { write } = scratch(context);
  const images = startEncodedImages();
  context.after(() => images.close());
  const paths = Array.from({ length: 12 }, (_, value) => write(`${value}.dcm`, value));
  for (const [value, path] of paths.entries()) images.prepare(`${value}`, path);
  const bytes = await Promise.all(
    paths.map((path, value) => images.read(`${value}`, path, "full", "zstd")),
  );
  const first = bytes.map((one) => decodeLevels(zstdDecompressSync(one)).levels[0]);
  assert.deepEqual(first, [...paths.keys()]);
});

test("encoded images: the same pixels in every encoding", async (context) => {
  const { write } = scratch(context);
  const images = startEncodedImages();
  context.after(() => images.close());
  const path = write("a.dcm", 7);
  const plain = await images.read("a", path, "half", "identity");
  assert.deepEqual(gunzipSync(await images.read("a", path, "half", "gzip")), Buffer.from(plain));
  assert.deepEqual([...decodeLevels(plain).levels], [4]);
});

test("encoded images: a file that is damaged or gone is told, and the next one still comes", async (context) => {
  const { folder, write } = scratch(context);
  const images = startEncodedImages();
  context.after(() => images.close());
  const broken = join(folder, "broken.dcm");
  writeFileSync(broken, "no radiograph");
  await assert.rejects(images.read("b", broken, "full", "zstd"), { code: "not-found" });
  const gone = join(folder, "gone.dcm");
  await assert.rejects(images.read("c", gone, "full", "zstd"), { code: "not-found" });
  assert.ok((await images.read("a", write("a.dcm", 1), "full", "zstd")).length > 0);
});

test("encoded images: what no longer fits goes, the oldest first, and comes again", async (context) => {
  const { write, folder } = scratch(context);
  const images = startEncodedImages(1);
  context.after(() => images.close());
  const [a, b] = [write("a.dcm", 1), write("b.dcm", 2)];
  await images.read("a", a, "full", "zstd");
  await images.read("b", b, "full", "zstd");
  rmSync(a);
  rmSync(b);
  assert.ok(await images.read("b", b, "full", "zstd"), "the last is kept");
  await assert.rejects(images.read("a", a, "full", "zstd"), { code: "not-found" });
  assert.ok(folder.length > 0);
});

test("chooseEncoding: ours in our order, never one with weight zero", () => {
  for (const [accepted, chosen] of [
    [undefined, "identity"],
    ["gzip, deflate, br, zstd", "zstd"],
    ["gzip;q=1.0, ZSTD;q=0.5", "zstd"],
    ["zstd;q=0, gzip", "gzip"],
    ["br", "identity"],
  ] as const) {
    assert.equal(chooseEncoding(accepted), chosen, accepted);
  }
});

const ankle = testDataPath("dicom-ankle", "RG3_UNC.dcm");
test(
  "encoded images: a real ankle of 6.2 MB takes less than one",
  skipWithout(ankle),
  async (context) => {
    const images = startEncodedImages();
    context.after(() => images.close());
    const full = await images.read("ankle", ankle ?? "", "full", "zstd");
    assert.ok(full.length < 1_000_000, `${full.length}`);
    const half = await images.read("ankle", ankle ?? "", "half", "zstd");
    assert.ok(half.length < 250_000, `${half.length}`);
  },
);
