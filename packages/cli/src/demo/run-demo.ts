/**
 * The demonstration: two simulated hospitals, a study of them, a network trained on it, and what it
 * finds in patients it has not seen. Every stage uses what the commands use, and one that is done is
 * not done again: an interrupted demonstration goes on.
 */
import type { ShippedPreliminary } from "@malleolus/networks";
import { PHANTOM_VERSION } from "@malleolus/phantom";
import type { Recipe } from "@malleolus/schema";
import { closeStudy } from "@malleolus/studies";
import type { InitialWeights } from "@malleolus/training";
import { chooseDtype } from "../dtype/choose-dtype.ts";
import { describeDuration } from "../training-progress.ts";
import { calibrateDemo } from "./calibrate-demo.ts";
import { measurePace, stageSeconds } from "./demo-pace.ts";
import type { DemoProgress } from "./demo-progress.ts";
import { type DemoResult, evaluateDemo } from "./evaluate-demo.ts";
import { offerReading } from "./offer-reading.ts";
import type { DemoPlan } from "./plan.ts";
import { simulatedStudy } from "./simulated-study.ts";
import { openStages, type Stages } from "./stages.ts";
import { trainDemo } from "./train-demo.ts";

export interface DemoOptions {
  readonly folder: string;
  readonly plan: DemoPlan;
  readonly recipe: Recipe;
  /** To begin with; null from scratch. */
  readonly weights: InitialWeights | null;
  /** What proposes outlines and classes; null where nothing does. */
  readonly preliminary: ShippedPreliminary | null;
  readonly progress: DemoProgress;
  readonly stop: AbortSignal;
}

/** What came of it; null where it was stopped before its end. */
export async function runDemo({
  folder,
  plan,
  recipe,
  weights,
  preliminary,
  progress,
  stop,
}: DemoOptions): Promise<DemoResult | null> {
  const stages = openStages(folder, { phantomVersion: PHANTOM_VERSION, plan, recipe }, progress);
  if (!stages.isDone) await sayHowLong(stages, plan, recipe, progress);
  const simulated = await simulatedStudy({ folder, plan, preliminary, stages, progress, stop });
  if (simulated === null) return null;
  const { study, known } = simulated;
  try {
    await offerReading(study);
    const run = await stages.repeat("train", "training a Mask R-CNN", () =>
      trainDemo(study, folder, recipe, weights, progress, stop),
    );
    if (run === null) return null;
    await stages.repeat("calibrate", "fitting on tuning patients how a class is decided", () =>
      calibrateDemo(study, run.directory, progress),
    );
    return await stages.repeat("evaluate", "finding fractures in both tests", () =>
      evaluateDemo({
        study,
        folder,
        run,
        plan,
        known,
        hasProposals: preliminary !== null,
        stages,
        progress,
      }),
    );
  } finally {
    await closeStudy(study);
  }
}

/** Said first: whether to wait for it or to come back. */
async function sayHowLong(
  stages: Stages,
  plan: DemoPlan,
  recipe: Recipe,
  progress: DemoProgress,
): Promise<void> {
  const choice = await chooseDtype("training");
  const pace = await measurePace(plan, { ...recipe, dtype: choice.dtype });
  const seconds = stageSeconds(plan, recipe, pace);
  stages.expect(seconds);
  if (!stages.isFresh) return;
  const total = [...seconds.values()].reduce((sum, one) => sum + one, 0);
  progress.say(
    `about ${describeDuration(total)} on this machine, if nothing else runs: ` +
      `${pace.radiographSeconds.toFixed(2)} s to simulate a radiograph on a core, ` +
      `${pace.stepSeconds.toFixed(2)} s a step of training`,
  );
}
