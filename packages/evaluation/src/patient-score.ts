/**
 * From findings to a patient's class by a rule of views, as the paper does it: "the class with the
 * highest combined prediction value among all views". What fits such scores on tuning patients, and
 * gives probabilities, is `decision/`.
 *
 * An image's score of a class is the highest score of an object of it, 0 without any. The rule of
 * views makes one score of a patient from those of the images, and the class with the highest wins.
 * Scores that are all zero, and a tie with the class of no fracture, go to no fracture; a tie among
 * fracture classes alone is a fracture, of the class that scores higher on a single view, else of the
 * first. Ties are counted.
 *
 * A sum grows with the number of views: between patients with one view and with three, sums do not
 * compare, and the area under the curve suffers. The mean decides the same class for every patient
 * and does compare.
 *
 * `sum mean max noisy-or` treat the class of no fracture as every other. `any` and `all` are
 * decisions at a threshold and do not ask it: a patient has a fracture of a class when any view, or
 * every view, shows one that scores above the threshold. As scores they are the highest and the
 * lowest of the views; the class of no fracture then scores `(1 - f) t / (1 - t)`, with `f` the best
 * fracture class's score and `t` the threshold. That is `1 - f` at one half, and at every threshold
 * exceeds `f` exactly where `f` is below `t`.
 */
import type { TestImage } from "./patient.ts";

export const viewRules = ["sum", "mean", "max", "noisy-or", "any", "all"] as const;
export type ViewRule = (typeof viewRules)[number];

/** A score for every class, by its name. */
export type ClassScores = Readonly<Record<string, number>>;

export interface ScoreRule {
  /** All that a patient can have; one of them is `noFractureClass`. */
  readonly classes: readonly string[];
  readonly noFractureClass: string;
  readonly rule: ViewRule;
  /** For `any` and `all`, between 0 and 1. */
  readonly threshold: number;
}

export interface Prediction {
  readonly class: string;
  /** Why no class has won by itself; null where one has. */
  readonly undecided: "tie" | "all zero" | null;
  /** By a calibrated decision, probabilities. */
  readonly scores: ClassScores;
  /**
   * Fracture against none: the best fracture class's score less that of no fracture; by a calibrated
   * decision, the probability of a fracture less a half. Above 0 exactly where the prediction is a
   * fracture.
   */
  readonly fractureScore: number;
}

/** The highest score of an object of every class on an image; 0 without any. */
export function imageScores(
  { classScores, findings }: Pick<TestImage, "classScores" | "findings">,
  classes: readonly string[],
): ClassScores {
  return scoresOf(
    classes,
    (name) =>
      classScores?.[name] ??
      findings.reduce((best, one) => (one.class === name ? Math.max(best, one.score) : best), 0),
  );
}

/** What a rule makes of the scores of a patient's images. */
export function predictPatient(images: readonly ClassScores[], options: ScoreRule): Prediction {
  const { classes, noFractureClass } = options;
  const scores = patientScores(images, options);
  const fractures = classes.filter((name) => name !== noFractureClass);
  const best = Math.max(...classes.map((name) => scores[name]));
  const winners = classes.filter((name) => scores[name] === best);
  const undecided = best === 0 ? "all zero" : winners.length > 1 ? "tie" : null;
  const isSound = best === 0 || winners.includes(noFractureClass);
  return {
    class: isSound ? noFractureClass : surestOf(winners, images),
    undecided,
    scores,
    fractureScore: best === 0 ? 0 : bestOf(scores, fractures) - scores[noFractureClass],
  };
}

/** The one that scores higher on a single view; the first where none does. */
function surestOf(winners: readonly string[], images: readonly ClassScores[]): string {
  const highestOf = (name: string) => highest(images.map((scores) => scores[name]));
  return winners.reduce((surest, name) => (highestOf(name) > highestOf(surest) ? name : surest));
}

function patientScores(
  images: readonly ClassScores[],
  { classes, noFractureClass, rule, threshold }: ScoreRule,
): ClassScores {
  const combined = scoresOf(classes, (name) =>
    combiners[rule](images.map((scores) => scores[name])),
  );
  if (rule !== "any" && rule !== "all") return combined;
  const fracture = bestOf(
    combined,
    classes.filter((name) => name !== noFractureClass),
  );
  return { ...combined, [noFractureClass]: ((1 - fracture) * threshold) / (1 - threshold) };
}

const highest = (scores: readonly number[]) => Math.max(0, ...scores);
const sum = (scores: readonly number[]) => scores.reduce((total, score) => total + score, 0);

/** One score of the scores of the views; 0 without views. */
const combiners: Readonly<Record<ViewRule, (scores: readonly number[]) => number>> = {
  sum,
  mean: (scores) => (scores.length === 0 ? 0 : sum(scores) / scores.length),
  max: highest,
  "noisy-or": (scores) => 1 - scores.reduce((none, score) => none * (1 - score), 1),
  any: highest,
  all: (scores) => (scores.length === 0 ? 0 : Math.min(...scores)),
};

function bestOf(scores: ClassScores, classes: readonly string[]): number {
  return Math.max(0, ...classes.map((name) => scores[name]));
}

function scoresOf(classes: readonly string[], score: (name: string) => number): ClassScores {
  return Object.fromEntries(classes.map((name) => [name, score(name)]));
}
