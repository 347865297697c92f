/**
 * What to look at first: what is there and was found least surely, if at all, and what was found though
 * nothing is there. Of a radiograph the worst of each kind.
 */
import { boxIou } from "@malleolus/geometry";
import type { Finding, MeasureSettings } from "@malleolus/schema";
import type { TruthImage, TruthSet } from "./truth-set.ts";

/** Overlap of boxes below which a finding is of nothing that is there, instead of badly placed. */
const ALARM_BELOW = 0.1;

export interface Mistake {
  readonly kind: "least found" | "false alarm";
  readonly image: TruthImage;
  /** The alarm's score; of an object, the surest finding's that stands for it, 0 without one. */
  readonly score: number;
}

/**
 * At most `most` of each kind, the worst first: objects by rising score, those first on whose
 * radiograph nothing is sure; alarms by falling score. Crowds are neither objects nor alarms.
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
        kind: "least found",
        image,
        score: leastFound(image, findings, foundIou),
      } satisfies Mistake,
      surest: highestScore(findings),
    }))
    .toSorted((a, b) => a.mistake.score - b.mistake.score || a.surest - b.surest)
    .map(({ mistake }) => mistake);
  const alarms = seen
    .map(({ image, findings }): Mistake => {
      const alarming = findings.filter(({ box }) =>
        image.truths.every((truth) => boxIou(truth.box, box) < ALARM_BELOW),
      );
      return { kind: "false alarm", image, score: highestScore(alarming) };
    })
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score);
  return [...objects.slice(0, most), ...alarms.slice(0, most)];
}

/** Of the image's objects the one least surely found. */
function leastFound(
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
