/**
 * From findings to a patient's class.
 *
 * An image's score of a class is the highest score among its findings, 0 without any. The rule of
 * views makes one score of a patient from those of the images, and the class with the highest wins.
 * A tie for the highest, and scores that are all zero, go to the class of no fracture and are
 * counted.
 *
 * `sum mean max noisy-or` treat the class of no fracture as every other. `any` and `all` are
 * decisions at a threshold and do not ask it: a patient has a fracture of a class when any view, or
 * every view, shows one that scores above the threshold. As scores they are the highest and the
 * lowest of the views; the class of no fracture then scores `(1 - f) t / (1 - t)`, with `f` the best
 * fracture class's score and `t` the threshold. That is `1 - f` at one half, and at every threshold
 * exceeds `f` exactly where `f` is below `t`.
 */
import type { Finding } from "@malleolus/schema";

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
  /** Why it is the class of no fracture without having won; null where one class has won. */
  readonly undecided: "tie" | "all zero" | null;
  readonly scores: ClassScores;
  /**
   * Fracture against none: the best fracture class's score less that of no fracture, 0 for a tie.
   * Above 0 exactly where the prediction is a fracture.
   */
  readonly fractureScore: number;
}

/** The highest score of every class among an image's findings; 0 without any. */
export function imageScores(findings: readonly Finding[], classes: readonly string[]): ClassScores {
  return scoresOf(classes, (name) =>
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
  return {
    class: undecided === null ? winners[0] : noFractureClass,
    undecided,
    scores,
    fractureScore: undecided === null ? bestOf(scores, fractures) - scores[noFractureClass] : 0,
  };
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
