/**
 * The learning rate of each step: a linear warm-up times a decay.
 *
 * The two are multiplied. Detectron2's warm-up climbs to what the decay will be at its end, so
 * that a warm-up as long as the first milestone never reaches the base rate (solver/build.py).
 */
export type Decay =
  /** Times `gamma` from each milestone (a step's number) on. */
  | { readonly kind: "steps"; readonly milestones: readonly number[]; readonly gamma: number }
  /** Half a cosine over the whole run, down to 0. */
  | { readonly kind: "cosine" };

export interface Schedule {
  readonly baseLearningRate: number;
  readonly warmup: {
    readonly steps: number;
    /** The share of the rate at step 0. */
    readonly factor: number;
  };
  readonly decay: Decay;
}

/** The rate of a step, counted from 0, in a run of `steps` steps. */
export function learningRateAt(schedule: Schedule, step: number, steps: number): number {
  return (
    schedule.baseLearningRate *
    warmupShare(schedule.warmup, step) *
    decayShare(schedule.decay, step, steps)
  );
}

function warmupShare({ steps, factor }: Schedule["warmup"], step: number): number {
  return step >= steps ? 1 : factor + (1 - factor) * (step / steps);
}

function decayShare(decay: Decay, step: number, steps: number): number {
  switch (decay.kind) {
    case "steps":
      return decay.gamma ** decay.milestones.filter((milestone) => step >= milestone).length;
    case "cosine":
      return (1 + Math.cos((Math.PI * step) / steps)) / 2;
  }
}
