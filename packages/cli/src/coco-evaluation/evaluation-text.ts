/** An evaluation in words and tables, for a person. */
import type {
  Auc,
  CocoMeasures,
  DetectionEvaluation,
  Estimate,
  MeasuredPrecision,
  Proportion,
  Subgroup,
} from "@malleolus/schema";
import { alignedTable } from "../aligned-table.ts";

const HEADINGS = [
  ...["AP", "AP50", "AP75", "APs", "APm", "APl"],
  ...["AR1", "AR10", "AR100", "ARs", "ARm", "ARl", "recall50"],
];

export function describeEvaluation(evaluation: DetectionEvaluation): string {
  return [
    describeSet(evaluation),
    describePrecision(evaluation),
    describeOverlaps(evaluation),
    describeFound(evaluation),
    describeSubgroups(evaluation),
    describeImages(evaluation),
  ].join("\n");
}

function describeSet(evaluation: DetectionEvaluation): string {
  const { images, imagesWithObjects, groups, found, box, settings } = evaluation;
  const classes = box.classes.map((one) => one.class);
  const wanted = classes.filter((name) => !settings.notObjects.includes(name)).join(", ");
  const others =
    settings.notObjects.length === 0
      ? ""
      : `${settings.notObjects.join(", ")}: no object, with figures of its own\n`;
  const grouped = groups === images ? "" : `, in ${groups} groups of what is as good as the same`;
  return (
    `${images} radiographs, ${imagesWithObjects} of them with objects: ` +
    `${found.sensitivity.total} (${wanted})${grouped}\n${others}${describeTraining(evaluation)}`
  );
}

function describeTraining({ trainingImages, images }: DetectionEvaluation): string {
  const { isKnown, trainedOn, tunedWith } = trainingImages;
  if (!isKnown) {
    return "whether it was trained on them could not be checked: its run keeps no record of what it saw\n";
  }
  const remembered =
    trainedOn === 0
      ? ""
      : `it was TRAINED ON ${trainedOn} of the ${images}: the figures say what it remembers\n`;
  const chosen =
    tunedWith === 0
      ? ""
      : `its best checkpoint was chosen by ${tunedWith} of the ${images}: the figures flatter it\n`;
  return remembered + chosen;
}

function describePrecision(evaluation: DetectionEvaluation): string {
  const rows = (["box", "mask"] as const).flatMap((shape) => {
    const measured = evaluation[shape];
    const [only, ...others] = measured.classes;
    // With one class, its figures are those of all.
    if (others.length === 0) return [[shape, only.class, ...cells(measured)]];
    return [
      [shape, "all", ...cells(measured)],
      ...measured.classes.map((one) => [shape, one.class, ...cells(one)]),
    ];
  });
  return (
    alignedTable([["", "", ...HEADINGS], ...rows], 2) +
    "\nAP and AR: COCO's, over IoU .50:.05:.95; s, m, l: truths up to 32² pixels, up to 96², above;\n" +
    `recall50: of the objects, those with any finding of their class at IoU 0.5\n`
  );
}

function cells({ averagePrecision: precision, averageRecall: recall, recall50 }: CocoMeasures) {
  return [
    ...[precision.all, precision.iou50, precision.iou75],
    ...[precision.small, precision.medium, precision.large],
    ...[recall.best1, recall.best10, recall.best100],
    ...[recall.small, recall.medium, recall.large],
  ]
    .map((value) => decimal(value))
    .concat(`${recall50.count}/${recall50.total}`);
}

/** By IoU, with intervals; where every radiograph has an object, too. */
function describeOverlaps({ box, mask, withObjectsOnly, settings }: DetectionEvaluation): string {
  const row = (
    shape: string,
    which: string,
    { averagePrecision: at, intervals }: MeasuredPrecision,
  ) => {
    const ends = intervals.averagePrecision;
    return [
      ...[shape, which, estimate(at.all, ends.all), estimate(at.iou30, ends.iou30)],
      ...[estimate(at.iou40, ends.iou40), estimate(at.iou50, ends.iou50)],
      ...[estimate(at.iou60, ends.iou60), estimate(at.iou75, ends.iou75)],
    ];
  };
  const rows = [
    ["average precision", "", "AP", "IoU 0.3", "0.4", "0.5", "0.6", "0.75"],
    row("box", "all radiographs", box),
    row("", "with objects only", withObjectsOnly.box),
    row("mask", "all radiographs", mask),
    row("", "with objects only", withObjectsOnly.mask),
  ];
  return (
    alignedTable(rows, 2) +
    `\nin brackets: 95 % intervals, by ${settings.resamples} resamples of whole groups\n`
  );
}

function describeFound({ found, froc, settings }: DetectionEvaluation): string {
  const { value, interval } = found.falsePositivesPerImage;
  const rows = [
    ["false boxes a radiograph, at most", ...froc.map(({ allowed }) => `${allowed}`)],
    ["objects found", ...froc.map(({ sensitivity }) => percentWithInterval(sensitivity))],
    ["from score", ...froc.map(({ score }) => decimal(score))],
    [
      "false boxes a radiograph",
      ...froc.map(
        ({ falsePositivesPerImage: rate, isAll }) => `${rate.toFixed(2)}${isAll ? "*" : ""}`,
      ),
    ],
  ];
  const all = froc.some(({ isAll }) => isAll)
    ? "* all that was found: a lower --threshold shows more\n"
    : "";
  return (
    `found: a finding of score ${settings.operatingScore} or more overlaps the object's box with an ` +
    `IoU of ${settings.foundIou} or more\n` +
    `objects found: ${percentWithInterval(found.sensitivity)}, of ${found.sensitivity.total}; ` +
    `false boxes a radiograph: ${estimate(value, interval, 2)}\n\n${alignedTable(rows, 1)}${all}`
  );
}

function describeSubgroups({ subgroups }: DetectionEvaluation): string {
  const row = (one: Subgroup) => [
    ...[one.field, one.value, `${one.images}`, `${one.objects}`, percentWithInterval(one.found)],
    ...[one.boxAp50, one.maskAp50].map(({ value, interval }) => estimate(value, interval)),
  ];
  const rows = [
    ["", "", "radiographs", "objects", "found", "box AP50", "mask AP50"],
    ...subgroups.map(row),
  ];
  return (
    alignedTable(rows, 2) +
    `\n${subgroups.length} subgroups are looked at: some differ by chance. Of one size, radiographs are those with ` +
    "such an object.\n"
  );
}

function describeImages({ imageLevel, settings }: DetectionEvaluation): string {
  const { auc, scoredBy, highestScoreAuc, sensitivity, specificity } = imageLevel;
  if (auc === null) {
    return "radiographs: no AUC, which needs some with objects and some without\n";
  }
  const byScore = highestScoreAuc ?? auc;
  const area = ({ auc: value, interval }: Auc) => estimate(value, interval);
  return (
    "radiographs with objects against those without, by " +
    (scoredBy === "image head"
      ? `the image head: AUC ${area(auc)}; by the best score: ${area(byScore)}\n`
      : `the best score: AUC ${area(auc)}\n`) +
    `at score ${settings.operatingScore}: sensitivity ${counted(sensitivity)}, ` +
    `specificity ${counted(specificity)}\n`
  );
}

function decimal(value: number | null, digits = 3): string {
  return value?.toFixed(digits) ?? "–";
}

/** `0.750 (0.612 to 0.881)` */
function estimate(value: number | null, interval: Estimate["interval"], digits = 3): string {
  const ends = interval?.map((end) => end.toFixed(digits)).join(" to ");
  return `${decimal(value, digits)}${ends === undefined ? "" : ` (${ends})`}`;
}

/** `71 % (61 to 79)` */
function percentWithInterval({ share, interval }: Proportion): string {
  if (share === null) return "–";
  const ends = interval?.map((end) => Math.round(100 * end)).join(" to ");
  return `${Math.round(100 * share)} %${ends === undefined ? "" : ` (${ends})`}`;
}

/** `71 % (71/100, 61 to 79)` */
function counted({ count, total, share, interval }: Proportion): string {
  if (share === null) return "unknown";
  const ends = interval?.map((end) => Math.round(100 * end)).join(" to ");
  return `${Math.round(100 * share)} % (${count}/${total}${ends === undefined ? "" : `, ${ends}`})`;
}
