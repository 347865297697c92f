/**
 * How often the mask of a collimator's border takes white bone with it, and whether fractures are missed there. Bone that is as white
 * as the border and reaches it, or the edge of the picture, was once followed as the border is.
 *
 *     node experiments/masked-bone.ts SEEN IMAGES SET...
 *
 * SEEN is what `other-machines.ts` has kept of a detector, and every SET one of the study's that it has looked at, by the same
 * path of IMAGES. A fracture counts as found by a finding from a score of 0.3 on. A sixteenth of a second a radiograph.
 */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { readRadiograph } from "@malleolus/data";
import { evaluationDefaults } from "@malleolus/evaluation";
import { type Box, boxIou } from "@malleolus/geometry";
import { blackenCollimation } from "@malleolus/imaging";
import { ankleClassification, radiographAnalysisSchema, readJson } from "@malleolus/schema";
import { z } from "zod";
import { readStudySet } from "./frozen-heads-patients.ts";

const [seenPath, folder, ...sets] = process.argv.slice(2);
if (sets.length === 0) {
  console.error("usage: node experiments/masked-bone.ts SEEN IMAGES SET...");
  process.exit(2);
}

const [LEAST_SCORE, LEAST_SHARE] = [0.3, 0.02];
/** What was darker than this was air. */
const LIT = 0.05;

const lineSchema = z.object({ key: z.string(), analysis: radiographAnalysisSchema });
const seen = new Map(
  readFileSync(seenPath, "utf8")
    .trim()
    .split("\n")
    .map((text, i) => {
      const { key, analysis } = readJson(lineSchema, text, `${seenPath}, line ${i + 1}`);
      return [key, analysis] as const;
    }),
);

for (const path of sets) {
  const { images, classes, aboutOf } = await readStudySet(path, folder);
  let [masked, inMiddle] = [0, 0];
  const found = new Map<string, [found: number, all: number]>();
  for (const image of images) {
    const { pixels, width, height } = await readRadiograph(image.path);
    const black = blackenCollimation(pixels, width, height);
    const maskedIn = ([x1, y1, x2, y2]: Box) => {
      let count = 0;
      for (let y = Math.floor(y1); y < y2; y++) {
        for (let x = Math.floor(x1); x < x2; x++) {
          if (black[y * width + x] === 0 && pixels[y * width + x] > LIT) count++;
        }
      }
      return count / ((x2 - x1) * (y2 - y1));
    };
    if (maskedIn([0, 0, width, height]) > 0) masked++;
    if (maskedIn([0.25 * width, 0.2 * height, 0.75 * width, 0.8 * height]) > 0) inMiddle++;
    const findings = (seen.get(image.path)?.findings ?? []).filter(
      ({ score }) => score >= LEAST_SCORE,
    );
    for (const { class: index, box } of image.objects) {
      if (classes[index] === ankleClassification.noFractureClass) continue;
      const isMasked = maskedIn(box) > LEAST_SHARE;
      const key = `${aboutOf(image).view}, ${isMasked ? "masked in the box" : "not"}`;
      const isFound = findings.some((one) => boxIou(one.box, box) >= evaluationDefaults.foundIou);
      const [before, all] = found.get(key) ?? [0, 0];
      found.set(key, [before + Number(isFound), all + 1]);
    }
  }
  console.log(
    `${basename(path)}: something lit is masked on ${masked} of ${images.length} radiographs, in the middle of ${inMiddle}`,
  );
  for (const [key, [count, all]] of [...found].toSorted()) {
    console.log(`  fractures found, ${key}: ${count} of ${all}`);
  }
}
