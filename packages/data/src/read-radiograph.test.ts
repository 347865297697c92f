import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { Worker } from "node:worker_threads";
import { encapsulated } from "./dicom/test-dicom.ts";
import { DataError } from "./errors.ts";
import { inspectRadiograph } from "./inspect.ts";
import type { Radiograph } from "./radiograph.ts";
import { decodeRadiograph, readRadiograph } from "./read-radiograph.ts";
import { skipWithout, testDataPath } from "./test-data.ts";

const ankle = testDataPath("dicom-ankle");
const file = (name: string): string => join(ankle ?? "", `RG3_${name}.dcm`);

async function refuses(bytes: Uint8Array, code: string, message: RegExp): Promise<void> {
  await assert.rejects(
    () => decodeRadiograph(bytes, "x.dcm"),
    (error) => {
      assert.ok(error instanceof DataError);
      assert.match(error.code, new RegExp(`^(${code})$`));
      assert.match(error.message, message);
      assert.match(error.message, /^x\.dcm: [^\n]*$/);
      return true;
    },
  );
}

describe("the real ankle in eight transfer syntaxes", skipWithout(ankle), () => {
  let plain: Radiograph;
  before(async () => {
    plain = await readRadiograph(file("UNC"));
  });

  test("readRadiograph: stored values, and what the header says", () => {
    assert.equal(plain.stored.mean.toFixed(4), "332.7147");
    assert.deepEqual([plain.stored.min, plain.stored.max], [0, 1023]);
    assert.deepEqual([plain.width, plain.height, plain.bitsStored], [1760, 1760, 10]);
    assert.deepEqual([plain.modality, plain.view, plain.side], ["CR", "ap", "right"]);
    assert.deepEqual([plain.pixelSpacingMm, plain.spacingSource], [null, "none"]);
  });

  test("readRadiograph: bone is bright, the collimated background dark", () => {
    const at = (x: number, y: number): number => plain.pixels[y * 1760 + x];
    assert.ok(at(840, 1530) > 0.8, "talus");
    assert.ok(at(520, 1000) < 0.2, "beside the leg");
  });

  test("readRadiograph: more than 8 bits remain", () => {
    assert.ok(new Set(plain.pixels).size > 900);
  });

  for (const name of ["RLE", "JPLL", "JLSL", "J2KR"]) {
    test(`readRadiograph: ${name} is lossless`, async () => {
      const { pixels, stored } = await readRadiograph(file(name));
      assert.deepEqual(stored, plain.stored);
      assert.ok(Buffer.from(pixels.buffer).equals(Buffer.from(plain.pixels.buffer)));
    });
  }

  for (const [name, worst, mean] of [
    ["J2KI", 9, 0.8],
    ["JLSN", 4, 1.2],
    ["JPLY", 48, 1.4],
  ] as const) {
    test(`readRadiograph: ${name} is close to the original`, async () => {
      const { pixels, stored } = await readRadiograph(file(name));
      let [greatest, sum] = [0, 0];
      pixels.forEach((value, i) => {
        const difference = Math.abs(value - plain.pixels[i]) * 1023;
        greatest = Math.max(greatest, difference);
        sum += difference;
      });
      assert.ok(greatest <= worst + 0.01, `greatest difference ${greatest}`);
      assert.ok(sum / pixels.length <= mean, `mean difference ${sum / pixels.length}`);
      assert.ok(stored.max <= 1023);
    });
  }

  test("readRadiograph: a name says nothing, the content counts", async () => {
    const folder = await mkdtemp(join(tmpdir(), "malleolus-"));
    try {
      const misnamed = join(folder, "ankle.jpg");
      await writeFile(misnamed, await readFile(file("JPLY")));
      assert.equal((await readRadiograph(misnamed)).format, "dicom");
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test("readRadiograph: a bare data set without preamble is DICOM too", async () => {
    const bytes = await readFile(file("UNC"));
    const meta = 132 + 12 + bytes.readUInt32LE(140);
    assert.deepEqual((await decodeRadiograph(bytes.subarray(132), "x")).stored, plain.stored);
    assert.deepEqual((await decodeRadiograph(bytes.subarray(meta), "x")).stored, plain.stored);
  });

  test("readRadiograph: a file cut in its pixels is refused, whatever its syntax", async () => {
    for (const name of ["UNC", "RLE", "JPLL", "JPLY", "JLSL", "J2KR"]) {
      const bytes = await readFile(file(name));
      await refuses(bytes.subarray(0, bytes.length >> 1), "truncated|damaged", /cut/);
    }
  });

  test("readRadiograph: a JPEG stream without its end is refused", async () => {
    const bytes = await readFile(file("JPLY"));
    const pixels = bytes.indexOf(Buffer.from("e07f1000", "hex"));
    const stream = bytes.subarray(pixels + 12 + 8 + 8, pixels + 12 + 8 + 8 + 60_000);
    const whole = Buffer.concat([bytes.subarray(0, pixels), encapsulated(stream)]);
    await refuses(whole, "truncated", /end-of-image/);
  });

  test("readRadiograph: a file cut before its pixels is refused", async () => {
    const bytes = await readFile(file("UNC"));
    const pixels = bytes.indexOf(Buffer.from("e07f1000", "hex"));
    await refuses(bytes.subarray(0, pixels), "no-pixels", /without pixels \(CR\)/);
  });

  test("inspectRadiograph: a plain object that survives JSON", async () => {
    const inspection = await inspectRadiograph(file("J2KR"));
    assert.deepEqual(JSON.parse(JSON.stringify(inspection)), inspection);
    assert.equal(inspection.transferSyntax, "1.2.840.10008.1.2.4.90");
    assert.deepEqual(inspection.stored, plain.stored);
    assert.deepEqual(inspection.displayed, plain.displayed);
    assert.ok(!("pixels" in inspection));
  });

  test("readRadiograph: decodes in worker threads, and prints nothing", async () => {
    const source = `
      import { parentPort, workerData } from "node:worker_threads";
      const { readRadiograph } = await import(workerData.module);
      const { stored } = await readRadiograph(workerData.file);
      parentPort.postMessage(stored.mean);`;
    const workers = ["J2KR", "JLSL"].map(async (name) => {
      const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), {
        workerData: {
          module: new URL("./read-radiograph.ts", import.meta.url).href,
          file: file(name),
        },
        stdout: true,
      });
      let printed = "";
      worker.stdout.on("data", (chunk) => {
        printed += chunk;
      });
      const mean = await new Promise((resolve, reject) => {
        worker.once("message", resolve);
        worker.once("error", reject);
      });
      await worker.terminate();
      return { mean, printed };
    });
    for (const { mean, printed } of await Promise.all(workers)) {
      assert.equal(mean, plain.stored.mean);
      assert.equal(printed, "");
    }
  });
});

test("readRadiograph: an empty and a foreign file are named as such", async () => {
  await refuses(Buffer.alloc(0), "unknown-format", /an empty file/);
  await refuses(Buffer.from("%PDF-1.7 and so on"), "unknown-format", /expected DICOM, JPEG or PNG/);
});

test("readRadiograph: a missing file is one clear line", async () => {
  await assert.rejects(
    () => readRadiograph("/nowhere/ankle.dcm"),
    (error) =>
      error instanceof DataError && error.code === "unreadable" && /^\/nowhere/.test(error.message),
  );
});
