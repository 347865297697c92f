/**
 * Real radiographs through an import, side by side with Debian's dcmtk: what it decodes of the stored
 * files is what we decode, and what it prints of them names nobody.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { test } from "node:test";
import { decodeRadiograph } from "@malleolus/data";
import { skipWithout, testDataPath } from "@malleolus/data/test-data";
import { imagePath } from "../image-store.ts";
import { newStudy } from "../test-study.ts";
import { importInto } from "./test-import.ts";

const ankle = testDataPath("dicom-ankle");
const withoutDcmtk = run("dcmdump", "--version").error !== undefined;
const skip = withoutDcmtk ? { skip: "dcmtk is absent" } : skipWithout(ankle);

/** Which program of dcmtk takes the compression away; none of Debian's reads JPEG 2000. */
const DECOMPRESS: Readonly<Record<string, string | null>> = {
  "RG3_J2KI.dcm": null,
  "RG3_J2KR.dcm": null,
  "RG3_JLSL.dcm": "dcmdjpls",
  "RG3_JLSN.dcm": "dcmdjpls",
  "RG3_JPLL.dcm": "dcmdjpeg",
  "RG3_JPLY.dcm": "dcmdjpeg",
  "RG3_RLE.dcm": "dcmdrle",
  "RG3_UNC.dcm": "dcmconv",
};
const LOSSLESS = new Set(["J2KR", "JLSL", "JPLL", "RLE", "UNC"].map((name) => `RG3_${name}.dcm`));

test("importDicom: real files, side by side with dcmtk", skip, async (context) => {
  const archive = ankle ?? "";
  const { folder, study } = await newStudy(context);
  const { counts, events } = await importInto(study, archive);
  assert.deepEqual([counts.imported, counts.refused], [8, 0]);
  assert.deepEqual(readdirSync(archive).sort(), Object.keys(DECOMPRESS));

  let uncompressed: Uint16Array | null = null;
  for (const event of events.toReversed()) {
    assert.ok(event.outcome === "imported");
    const name = basename(event.file);
    const stored = imagePath(join(study, "images"), event.sha256);
    findNobody(event.file, stored);

    const program = DECOMPRESS[name];
    const words = program === null ? null : dcmtkWords(program, stored, join(folder, name));
    if (name === "RG3_UNC.dcm") uncompressed = words;
    // The lossless files hold one picture: it stands in for dcmtk's where that has none.
    const expected: Uint16Array | null = words ?? (LOSSLESS.has(name) ? uncompressed : null);
    if (expected !== null) await comparePixels(stored, expected, name);
    if (LOSSLESS.has(name)) assert.deepEqual(words ?? expected, uncompressed, name);
  }
});

/** The stored values that dcmtk reads. */
function dcmtkWords(program: string, path: string, scratch: string): Uint16Array {
  mkdirSync(scratch);
  const plain = join(scratch, "plain.dcm");
  assert.equal(run(program, path, plain).status, 0, program);
  assert.equal(run("dcmdump", "-q", "+W", scratch, plain).status, 0);
  const bytes = readFileSync(join(scratch, "plain.dcm.0.raw"));
  return new Uint16Array(new Uint8Array(bytes).buffer);
}

/** Our pixels against dcmtk's words through the files' window, 550 ± 512, inverted (PS3.3 C.11.2.1.2). */
async function comparePixels(path: string, words: Uint16Array, name: string): Promise<void> {
  const { pixels, stored, display, photometric } = await decodeRadiograph(readFileSync(path), name);
  assert.deepEqual(
    [photometric, display],
    ["MONOCHROME1", { kind: "window", function: "LINEAR", center: 550, width: 1024 }],
  );
  const shares = Array.from({ length: 1024 }, (_, value) => {
    const share = (value - (550 - 0.5)) / (1024 - 1) + 0.5;
    return Math.fround(1 - Math.min(Math.max(share, 0), 1));
  });
  let sum = 0;
  const differing = words.reduce((count, decoded, i) => {
    // A lossy stream may overshoot the 10 bits that are stored; dcmtk leaves it at that.
    const word = Math.min(decoded, 1023);
    sum += word;
    return count + (Math.abs(pixels[i] - shares[word]) > 1e-6 ? 1 : 0);
  }, 0);
  assert.deepEqual(
    [pixels.length, differing, sum / words.length],
    [words.length, 0, stored.mean],
    name,
  );
}

/** Values of names, IDs, dates, places and UIDs of the original, and private groups. */
function findNobody(original: string, stored: string): void {
  const dump = (path: string) => run("dcmdump", "--load-short", "--print-all", path).stdout;
  const identifying = [
    /^\s*\([0-9a-f,]+\) (?:PN|DA|DT|UI) \[([^\]]{4,})\]/gm,
    /^\s*\((?:0010,0020|0008,0050|0008,0080|0008,1010|0018,1000|0020,0010)\) .. \[([^\]]{4,})\]/gm,
  ].flatMap((pattern) => [...dump(original).matchAll(pattern)].map(([, value]) => value));
  assert.ok(identifying.length >= 8);
  const kept = dump(stored);
  assert.match(kept, /\(0012,0062\) CS \[YES\]/);
  for (const text of identifying) assert.ok(!kept.includes(text), `"${text}" is still there`);
  assert.doesNotMatch(kept, /^\s*\([0-9a-f]{3}[13579bdf],/m, "a private attribute is left");
}

function run(program: string, ...args: string[]) {
  return spawnSync(program, args, { encoding: "utf8", maxBuffer: 2 ** 26 });
}
