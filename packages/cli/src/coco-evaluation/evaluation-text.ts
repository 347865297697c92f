/** An evaluation in words and a table, for a person. */
import type { CocoMeasures } from "@malleolus/evaluation";
import type { Proportion } from "@malleolus/schema";
import { alignedTable } from "../aligned-table.ts";
import type { CocoEvaluation } from "./measure.ts";

const HEADINGS = [
  ...["AP", "AP50", "AP75", "APs", "APm", "APl"],
  ...["AR1", "AR10", "AR100", "ARs", "ARm", "ARl", "found"],
];

export function describeEvaluation(evaluation: CocoEvaluation): string {
  const { images, imagesWithObjects, scoreThreshold, box, mask } = evaluation;
  const [only, ...others] = box.classes;
  const classes = box.classes.map((one) => one.class).join(", ");
  const rows = (["box", "mask"] as const).flatMap((shape) => {
    const measured = evaluation[shape];
    // With one class, its figures are those of all.
    if (others.length === 0) return [[shape, only.class, ...cells(measured)]];
    return [
      [shape, "all", ...cells(measured)],
      ...measured.classes.map((one) => [shape, one.class, ...cells(one)]),
    ];
  });
  const objects = mask.found.total;
  return [
    `${images} radiographs, ${imagesWithObjects} of them with objects: ${objects} (${classes})\n\n`,
    alignedTable([["", "", ...HEADINGS], ...rows], 2),
    `\nAP and AR: COCO's, over IoU .50:.05:.95; s, m, l: truths up to 32² pixels, up to 96², above.\n`,
    `found: of the objects, at IoU 0.5 by any finding of score ${scoreThreshold} or more.\n\n`,
    describeImages(evaluation),
  ].join("");
}

function cells({ averagePrecision: precision, averageRecall: recall, found }: CocoMeasures) {
  return [
    ...[precision.all, precision.iou50, precision.iou75],
    ...[precision.small, precision.medium, precision.large],
    ...[recall.best1, recall.best10, recall.best100],
    ...[recall.small, recall.medium, recall.large],
  ]
    .map((value) => value?.toFixed(3) ?? "–")
    .concat(`${found.count}/${found.total}`);
}

function describeImages({ imageLevel, scoreThreshold }: CocoEvaluation): string {
  const { auc, sensitivity, specificity } = imageLevel;
  if (auc === null) {
    return "images: no AUC, which needs images with objects and images without\n";
  }
  const ends = auc.interval?.map((end) => end.toFixed(3)).join(" to ");
  return (
    `images with objects against those without, by the best score: AUC ${auc.auc.toFixed(3)}` +
    `${ends === undefined ? "" : ` (95 % interval ${ends})`}\n` +
    `at score ${scoreThreshold}: sensitivity ${percent(sensitivity)}, ` +
    `specificity ${percent(specificity)}\n`
  );
}

function percent({ count, total, share }: Proportion): string {
  return share === null ? "unknown" : `${Math.round(100 * share)} % (${count}/${total})`;
}
