/**
 * Which finding stands for which fracture on an image, as `found.ts` has it, and how well they
 * overlap. The Weber class plays no part: whether it is right is the confusion matrix's question.
 * Instances of the class of no fracture, and bones, are left out.
 */
import { boxIou, outlinesIou } from "@malleolus/geometry";
import type { Finding } from "@malleolus/schema";
import { type Standing, standings } from "./found.ts";
import type { MarkedImage } from "./froc.ts";
import type { TestImage, TruthObject } from "./patient.ts";

/** A fracture that is there, with the finding that stands for it, if any. */
export interface FractureMatch {
  readonly truth: TruthObject;
  readonly found: {
    readonly finding: Finding;
    readonly boxIou: number;
    /** On the image's own pixels. */
    readonly maskIou: number;
  } | null;
}

/** Fracture findings of at least a score, best first. */
export function fractureFindings(
  findings: readonly Finding[],
  fractureClasses: readonly string[],
  minimumScore: number,
): Finding[] {
  return findings
    .filter((one) => fractureClasses.includes(one.class) && one.score >= minimumScore)
    .toSorted((a, b) => b.score - a.score);
}

/** As `matchFractures`, without overlaps. */
export interface FracturePair {
  readonly truth: TruthObject;
  readonly finding: Finding | null;
}

/** One entry a fracture of the image; none for an image that is not annotated. */
export function matchFractures(
  image: TestImage,
  fractureClasses: readonly string[],
  minimumScore: number,
  leastIou: number,
): FractureMatch[] {
  return pairFractures(image, fractureClasses, minimumScore, leastIou).map(({ truth, finding }) => {
    if (finding === null) return { truth, found: null };
    return {
      truth,
      found: {
        finding,
        boxIou: boxIou(truth.box, finding.box),
        maskIou: outlinesIou(truth.polygons, finding.polygons, image),
      },
    };
  });
}

/** Which finding stands for each fracture. */
export function pairFractures(
  image: TestImage,
  fractureClasses: readonly string[],
  minimumScore: number,
  leastIou: number,
): FracturePair[] {
  const truths = fracturesOn(image, fractureClasses);
  const findings = fractureFindings(image.findings, fractureClasses, minimumScore);
  const taken = new Map<number, Finding>();
  for (const [i, standing] of standingsOn(truths, findings, leastIou).entries()) {
    if (standing.is === "hit") taken.set(standing.object, findings[i]);
  }
  return truths.map((truth, place) => ({ truth, finding: taken.get(place) ?? null }));
}

/** What is to be found on an annotated image and what was, at any score. */
export function markedImage(
  image: TestImage,
  group: string,
  fractureClasses: readonly string[],
  leastIou: number,
): MarkedImage {
  const truths = fracturesOn(image, fractureClasses);
  const findings = fractureFindings(image.findings, fractureClasses, 0);
  return {
    group,
    objects: truths.length,
    marks: standingsOn(truths, findings, leastIou).map(({ is }, i) => ({
      score: findings[i].score,
      is,
    })),
  };
}

function fracturesOn({ truths }: TestImage, fractureClasses: readonly string[]): TruthObject[] {
  return (truths ?? []).filter((one) => fractureClasses.includes(one.class));
}

function standingsOn(
  truths: readonly TruthObject[],
  findings: readonly Finding[],
  leastIou: number,
): Standing[] {
  const boxes = truths.map(({ box }) => box);
  return standings(findings, boxes, [], leastIou);
}
