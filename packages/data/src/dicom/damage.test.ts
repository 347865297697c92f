import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { causeText } from "@malleolus/errors";
import { DataError } from "../errors.ts";
import { decodeRadiograph } from "../read-radiograph.ts";
import { skipWithout, testDataPath } from "../test-data.ts";
import { pictureFiles, SYNTAXES } from "./test-encoders.ts";

const ankle = testDataPath("dicom-ankle");

/** Numbers in [0, 1) that are the same in every run (Numerical Recipes' generator). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A radiograph with a finite value for every pixel, or a DataError of one line. */
async function survives(bytes: Uint8Array): Promise<void> {
  try {
    const { pixels, width, height } = await decodeRadiograph(bytes, "x.dcm");
    assert.equal(pixels.length, width * height);
    assert.ok(pixels.every((value) => value >= 0 && value <= 1));
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    assert.match(error.message, /^x\.dcm: [^\n]+$/);
    // A damaged file is no reason for a TypeError of ours underneath.
    assert.doesNotMatch(causeText(error.cause), /Cannot read prop|is not a function|internal:/);
  }
}

for (const syntax of SYNTAXES) {
  test(`a damaged file of ${syntax} is an error or a radiograph`, {
    timeout: 120_000,
  }, async () => {
    const random = randomNumbers(20);
    const layout = { bits: syntax.endsWith(".50") ? 8 : 12, signed: false, samples: 1 } as const;
    const { compressed: whole } = await pictureFiles(syntax, layout);
    for (let length = 0; length < whole.length; length += 1 + Math.floor(random() * 40)) {
      await survives(whole.subarray(0, length));
    }
    for (let i = 0; i < 150; i++) {
      const damaged = Buffer.from(whole);
      for (let n = 0; n < 1 + random() * 3; n++) {
        damaged[128 + Math.floor(random() * (whole.length - 128))] = Math.floor(random() * 256);
      }
      await survives(damaged);
    }
  });
}

test("a real file cut anywhere is refused", skipWithout(ankle), async () => {
  const random = randomNumbers(7);
  for (const name of ["UNC", "RLE", "JPLL", "JPLY", "JLSL", "JLSN", "J2KR", "J2KI"]) {
    const whole = await readFile(join(ankle ?? "", `RG3_${name}.dcm`));
    // The last bytes are padding after the pixels (FFFC,FFFC) and may go.
    const end = whole.lastIndexOf(Buffer.from("fcfffcff", "hex"));
    for (let i = 0; i < 12; i++) {
      const length = Math.floor(random() * (end > 0 ? end - 1 : whole.length - 1));
      await assert.rejects(() => decodeRadiograph(whole.subarray(0, length), name), DataError);
    }
  }
});
