/**
 * What to look at first: objects that were missed or found with a low score, and false positives with a
 * high one. At most one of each kind per radiograph.
 */
import { boxIou } from "@malleolus/geometry";
import type { Finding, MeasureSettings } from "@malleolus/schema";
import type { TruthImage, TruthSet } from "./truth-set.ts";

/** Overlap of boxes below which a finding is a false positive instead of a badly placed one. */
const FALSE_POSITIVE_BELOW = 0.1;

export interface Mistake {
  readonly kind: "missed" | "false positive";
  readonly image: TruthImage;
  /** Of a false positive its own; of an object that of its best finding, 0 where it was missed. */
  readonly score: number;
}

/**
 * At most `most` of each kind, the worst first: objects by rising score, and of equal scores by the
 * radiograph's highest; false positives by falling score. Crowds are neither.
 */
export function worstMistakes(
  { images }: TruthSet,
  findings: ReadonlyMap<number, readonly Finding[]>,
  most: number,
  { foundIou, notObjects }: Pick<MeasureSettings, "foundIou" | "notObjects">,
): Mistake[] {
  const isObject = (one: { readonly class: string }) => !notObjects.includes(one.class);
  const seen = images.map((image) => ({
    image: { ...image, truths: image.truths.filter(isObject) },
    findings: (findings.get(image.id) ?? []).filter(isObject),
  }));
  const objects = seen
    .filter(({ image }) => image.truths.some(({ isCrowd }) => !isCrowd))
    .map(({ image, findings }) => ({
      mistake: {
        kind: "missed",
        image,
        score: lowestFound(image, findings, foundIou),
      } satisfies Mistake,
      surest: highestScore(findings),
    }))
    .toSorted((a, b) => a.mistake.score - b.mistake.score || a.surest - b.surest)
    .map(({ mistake }) => mistake);
  const falsePositives = seen
    .map(({ image, findings }): Mistake => {
      const unmatched = findings.filter(({ box }) =>
        image.truths.every((truth) => boxIou(truth.box, box) < FALSE_POSITIVE_BELOW),
      );
      return { kind: "false positive", image, score: highestScore(unmatched) };
    })
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score);
  return [...objects.slice(0, most), ...falsePositives.slice(0, most)];
}

/** The lowest score with which one of the image's objects was found. */
function lowestFound(
  { truths }: TruthImage,
  findings: readonly Finding[],
  foundIou: number,
): number {
  const objects = truths.filter(({ isCrowd }) => !isCrowd);
  const scores = objects.map((truth) =>
    highestScore(findings.filter(({ box }) => boxIou(truth.box, box) >= foundIou)),
  );
  return Math.min(...scores);
}

function highestScore(findings: readonly Finding[]): number {
  return Math.max(0, ...findings.map(({ score }) => score));
}
