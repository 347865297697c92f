/**
 * Of FracAtlas' further radiographs without a fracture those in which a detector is surest to see one: a COCO file to
 * go on training with, beside train.json.
 *
 *     node experiments/hard-normals.ts CHECKPOINT FRACATLAS OUT.json SHARE
 *
 * SHARE of them is kept, 0 to 1; OUT.json.scores keeps every highest score, so that the same command goes on where it was
 * cut, and another share costs nothing. A second a radiograph and view on one core with AVX2.
 */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readRadiograph } from "@malleolus/data";
import { openDetector } from "@malleolus/networks";
import { fileSha256 } from "@malleolus/runs";
import { z } from "zod";

const [checkpoint, fracatlas, out, shareText] = process.argv.slice(2);
const share = Number(shareText);
if (out === undefined || !(share > 0 && share <= 1)) {
  console.error("usage: node experiments/hard-normals.ts CHECKPOINT FRACATLAS OUT.json SHARE");
  process.exit(2);
}

const set = z
  .looseObject({ images: z.array(z.looseObject({ file_name: z.string() })) })
  .parse(JSON.parse(readFileSync(join(fracatlas, "normals.json"), "utf8")));
const scores = await scoresOf(
  set.images.map((image) => image.file_name),
  `${out}.scores`,
);
const hardest = set.images
  .toSorted((a, b) => (scores.get(b.file_name) ?? 0) - (scores.get(a.file_name) ?? 0))
  .slice(0, Math.ceil(share * set.images.length));
const kept = new Set(hardest);
writeFileSync(
  out,
  JSON.stringify({ ...set, images: set.images.filter((image) => kept.has(image)) }),
);
const least = scores.get(hardest[hardest.length - 1].file_name) ?? 0;
console.log(
  `${out}: ${hardest.length} of ${set.images.length}, from a score of ${least.toFixed(3)}`,
);

/** The highest score of each, 0 where nothing is seen. */
async function scoresOf(names: readonly string[], path: string): Promise<Map<string, number>> {
  const sha256 = await fileSha256(checkpoint);
  const lines = existsSync(path) ? readFileSync(path, "utf8").split("\n").slice(0, -1) : [];
  if (lines.length === 0) writeFileSync(path, `${sha256}\n`);
  else if (lines[0] !== sha256) throw new Error(`${path}: scores of another checkpoint; remove it`);
  const found = new Map(
    lines.slice(1).map((line) => {
      const [name, score] = line.split(" ");
      return [name, Number(score)] as const;
    }),
  );
  const detector = openDetector(checkpoint, { scoreThreshold: 0.001 });
  for (const name of names) {
    if (found.has(name)) continue;
    const findings = detector.detect(await readRadiograph(join(fracatlas, "images", name)));
    const highest = Math.max(0, ...findings.map(({ score }) => score));
    appendFileSync(path, `${name} ${highest}\n`);
    found.set(name, highest);
    if (found.size % 100 === 0) console.error(`${found.size} of ${names.length}`);
  }
  detector.close();
  return found;
}
