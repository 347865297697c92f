/**
 * How well anchors fit the objects of a COCO file at the network's size: Detectron2's, those for long
 * bones, and some that are proposed from the objects themselves, side by side.
 * `node experiments/anchors.ts FILE [--min-size N] [--max-size N]`
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { parseCoco } from "@malleolus/data";
import { scaleBox } from "@malleolus/geometry";
import { resizedSize } from "@malleolus/imaging";
import { type BoxedImage, bestOverlaps, proposeAnchors } from "@malleolus/networks";
import { type AnchorConfig, detectron2Config, longBoneAnchors } from "@malleolus/schema";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { "min-size": { type: "string", default: "576" }, "max-size": { type: "string" } },
});
const [file] = positionals;
const minSize = Number(values["min-size"]);
const maxSize = Number(values["max-size"] ?? Math.round((minSize * 5) / 3));
if (file === undefined || !Number.isInteger(minSize) || !Number.isInteger(maxSize)) {
  console.error("usage: experiments/anchors.ts FILE [--min-size N] [--max-size N]");
  process.exit(2);
}

const coco = parseCoco(readFileSync(file, "utf8"), file);
const classes: readonly { name: string; ids: readonly number[] }[] = [
  { name: "all", ids: coco.categories.map(({ id }) => id) },
  ...coco.categories.map(({ id, name }) => ({ name, ids: [id] })),
];
const candidates: Readonly<Record<string, AnchorConfig>> = {
  "Detectron2's": detectron2Config([]).anchors,
  "for long bones, 16": longBoneAnchors(16),
  "for long bones, 20": longBoneAnchors(20),
  "for long bones, 28": longBoneAnchors(28),
  "proposed, 2 x 3": proposeAnchors(boxed(classes[0].ids), { sizesPerLevel: 2, aspectRatios: 3 }),
  "proposed, 2 x 4": proposeAnchors(boxed(classes[0].ids), { sizesPerLevel: 2, aspectRatios: 4 }),
  "proposed, 2 x 5": proposeAnchors(boxed(classes[0].ids), { sizesPerLevel: 2, aspectRatios: 5 }),
};

console.log(`shorter side ${minSize}, longer at most ${maxSize}; share of objects by best IoU`);
for (const [name, config] of Object.entries(candidates)) {
  const { sizes, aspectRatios } = config;
  console.log(`\n${name}: ${JSON.stringify(sizes)} x ${JSON.stringify(aspectRatios)}`);
  for (const { name: of, ids } of classes.slice(classes.length === 2 ? 1 : 0)) {
    const overlaps = bestOverlaps(config, boxed(ids));
    const share = (least: number) =>
      (overlaps.filter((overlap) => overlap >= least).length / overlaps.length).toFixed(3);
    const mean = overlaps.reduce((sum, overlap) => sum + overlap, 0) / overlaps.length;
    console.log(
      `  ${of.padEnd(12)} ${String(overlaps.length).padStart(5)} objects  0.5: ${share(0.5)}  0.7: ${share(0.7)}  mean IoU ${mean.toFixed(3)}`,
    );
  }
}

/** The images with the objects of some categories, as the network sees them. */
function boxed(categories: readonly number[]): BoxedImage[] {
  return coco.images.map((image) => {
    const size = resizedSize(image.width, image.height, { minSize, maxSize });
    const own = coco.annotationsByImage.get(image.id) ?? [];
    return {
      ...size,
      boxes: own
        .filter(({ categoryId, isCrowd }) => !isCrowd && categories.includes(categoryId))
        .map(({ box }) => scaleBox(box, size.width / image.width, size.height / image.height)),
    };
  });
}
