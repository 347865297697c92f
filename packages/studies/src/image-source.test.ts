/** Against a real server of S3's protocol, moto's, where it is installed. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { type TestContext, test } from "node:test";
import { bucketImages, copyImages, folderImages } from "./image-source.ts";
import { imagePath } from "./image-store.ts";
import { importInto } from "./import/test-import.ts";
import { closeStudy, openStudy } from "./study.ts";
import { newStudy, scratchFolder, TEST_POSTGRES, writeArchive } from "./test-study.ts";

const isInstalled = spawnSync("moto_server", ["--help"]).status === 0;
const withServer = {
  skip:
    TEST_POSTGRES !== undefined
      ? "it is about images"
      : !isInstalled && "no S3 server is installed: pip install 'moto[server,s3]'",
};

function imageOf(text: string) {
  const bytes = Buffer.from(text);
  return { bytes, sha256: createHash("sha256").update(bytes).digest("hex") };
}

/** A server with an empty bucket; ends with the test. */
async function emptyBucket(context: TestContext) {
  const server = spawn("moto_server", ["-H", "127.0.0.1", "-p", "0"]);
  context.after(() => void server.kill());
  let address = "";
  for await (const line of createInterface({ input: server.stderr })) {
    address = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0] ?? "";
    if (address !== "") break;
  }
  server.stderr.resume();
  const endpoint = `${address}/ankles`;
  assert.equal((await fetch(endpoint, { method: "PUT" })).status, 200);
  const bucket = { endpoint, region: "us-east-1", accessKeyId: "a", secretAccessKey: "b" };
  return { endpoint, images: bucketImages(bucket) };
}

test(
  "bucketImages: an image is there once, whoever writes it, and comes back as it was",
  withServer,
  async (context) => {
    const { images } = await emptyBucket(context);
    const { bytes, sha256 } = imageOf("an image");
    const written = await Promise.all([1, 2, 3].map(() => images.write(sha256, "dicom", bytes)));
    assert.equal(written.filter(Boolean).length, 1);
    assert.equal(await images.write(sha256, "dicom", bytes), false);
    assert.deepEqual(Buffer.from(await images.read(sha256, "dicom")), bytes);
    await assert.rejects(images.read(sha256, "png"), { code: "not-found" });
    await assert.rejects(images.write(sha256, "png", Buffer.from("other")), { code: "record" });
  },
);

test("bucketImages: bytes that are not the image's are refused", withServer, async (context) => {
  const { endpoint, images } = await emptyBucket(context);
  const { sha256 } = imageOf("an image");
  const put = await fetch(`${endpoint}/${imagePath("", sha256)}`, { method: "PUT", body: "other" });
  assert.equal(put.status, 200);
  await assert.rejects(images.read(sha256, "dicom"), /expected the bytes of image .* backup/);
});

test(
  "copyImages: a study's images go into a bucket, and those that are there stay",
  withServer,
  async (context) => {
    const { images } = await emptyBucket(context);
    const { folder, study: path } = await newStudy(context);
    writeArchive(`${folder}/archive`, 2, 3);
    await importInto(path, `${folder}/archive`);
    const study = await openStudy(path);
    context.after(() => closeStudy(study));
    const seen: number[] = [];
    const counts = await copyImages(study, images, (done) => seen.push(done));
    assert.deepEqual([counts, seen], [{ written: 6, known: 0 }, [1, 2, 3, 4, 5, 6]]);
    assert.deepEqual(await copyImages(study, images, () => undefined), { written: 0, known: 6 });
  },
);

test("folderImages: an image as it was stored; one that is missing or damaged is named", async (context) => {
  const store = scratchFolder(context);
  const { bytes, sha256 } = imageOf("an image");
  const path = imagePath(store, sha256, "jpeg");
  mkdirSync(dirname(path));
  writeFileSync(path, bytes);
  const images = folderImages(store);
  assert.deepEqual(Buffer.from(await images.read(sha256, "jpeg")), bytes);
  await assert.rejects(images.read(sha256, "dicom"), { code: "not-found" });
  writeFileSync(path, "other");
  await assert.rejects(images.read(sha256, "jpeg"), { code: "record" });
});
