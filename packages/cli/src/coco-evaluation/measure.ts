/** From truths and findings to everything `malleolus evaluate` says. */
import {
  averagePrecision,
  averagePrecisionIntervals,
  FALSE_POSITIVE_RATES,
  foundAt,
  frocOf,
  type LabeledImage,
  type MarkedImage,
  measureImages,
  runsOfOutlines,
  type Shape,
  type Standing,
  standings,
} from "@malleolus/evaluation";
import { boxArea } from "@malleolus/geometry";
import type { SeenRadiograph } from "@malleolus/networks";
import type { DetectionMeasures, MeasuredPrecision, MeasureSettings } from "@malleolus/schema";
import { type DescribedImage, subgroupsOf } from "./subgroups.ts";
import type { TruthImage, TruthSet } from "./truth-set.ts";

/**
 * `found` by image.
 *
 * @throws CliError `evaluation` for a field that the images have not.
 */
export function measure(
  { images, classes }: TruthSet,
  found: ReadonlyMap<number, SeenRadiograph>,
  settings: MeasureSettings,
): DetectionMeasures {
  const { notObjects, operatingScore } = settings;
  const seen = images.map((image) => seenImage(image, found.get(image.id) ?? NOTHING, settings));
  const withObjects = seen.filter(({ hasObjects }) => hasObjects);
  const precision = (some: readonly SeenImage[], shape: Shape): MeasuredPrecision => {
    const labeled = some.map((image) => image.labeled);
    const groups = some.map(({ group }) => group);
    return {
      ...averagePrecision(labeled, classes, shape, notObjects),
      intervals: averagePrecisionIntervals(labeled, groups, classes, shape, settings, notObjects),
    };
  };
  const objectClasses = classes.filter((name) => !notObjects.includes(name));
  const marked = seen.map((image) => image.marked);
  return {
    images: images.length,
    imagesWithObjects: withObjects.length,
    groups: new Set(images.map(({ group }) => group)).size,
    box: precision(seen, "box"),
    mask: precision(seen, "mask"),
    withObjectsOnly: { box: precision(withObjects, "box"), mask: precision(withObjects, "mask") },
    found: foundAt(marked, operatingScore, settings),
    froc: frocOf(marked, FALSE_POSITIVE_RATES, settings),
    imageLevel: measureImages(
      seen.map(({ labeled }) => labeled),
      { threshold: operatingScore, notObjects, groups: seen.map(({ group }) => group) },
    ),
    subgroups: subgroupsOf(seen, objectClasses, settings.by, settings),
  };
}

const NOTHING: SeenRadiograph = { findings: [], shown: null };

interface SeenImage extends DescribedImage {
  readonly hasObjects: boolean;
  readonly marked: MarkedImage;
}

function seenImage(
  { truths, width, height, group, fields }: TruthImage,
  { findings, shown }: SeenRadiograph,
  { notObjects, operatingScore, foundIou }: MeasureSettings,
): SeenImage {
  const isObject = (one: { readonly class: string }) => !notObjects.includes(one.class);
  const detections = findings.map(({ class: name, score, box, polygons }) => ({
    class: name,
    score,
    box,
    boxArea: boxArea(box),
    mask: runsOfOutlines(polygons, width, height),
  }));
  const labeled: LabeledImage = { truths, detections, shown };
  const objects = truths.filter((one) => isObject(one) && !one.isCrowd);
  const crowds = truths.filter((one) => isObject(one) && one.isCrowd);
  const best = detections.filter(isObject).toSorted((a, b) => b.score - a.score);
  const standing = standings(
    best,
    objects.map(({ box }) => box),
    crowds.map(({ box }) => box),
    foundIou,
  );
  const scoreOf = new Map(standing.flatMap((one, i) => hitScore(one, best[i].score)));
  return {
    group,
    fields,
    labeled,
    hasObjects: truths.some(isObject),
    marked: {
      group,
      objects: objects.length,
      marks: standing.map(({ is }, i) => ({ score: best[i].score, is })),
    },
    objects: objects.map(({ area }, place) => ({
      area,
      isFound: (scoreOf.get(place) ?? -1) >= operatingScore,
    })),
  };
}

function hitScore(standing: Standing, score: number): [object: number, score: number][] {
  return standing.is === "hit" ? [[standing.object, score]] : [];
}
