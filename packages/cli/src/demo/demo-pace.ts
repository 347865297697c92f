/**
 * How long the demonstration takes on this machine: one patient is simulated and some steps are trained, some
 * fifteen seconds in all, and the plan says how often each comes. What depends on neither (import, reading,
 * drawing) takes a share of a radiograph's simulation that was measured once.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { cocoText } from "@malleolus/data";
import { writeFileWhole } from "@malleolus/host";
import {
  internalHospital,
  phantomRecord,
  simulateStudy,
  truthAnnotations,
  withPitch,
} from "@malleolus/phantom";
import type { Recipe } from "@malleolus/schema";
import { readTrainingSet, resolveRecipe, train } from "@malleolus/training";
import type { DemoPlan, HospitalPlan } from "./plan.ts";
import { STAGES, type StageName } from "./stages.ts";

export interface DemoPace {
  /** To simulate a radiograph on one core. */
  readonly radiographSeconds: number;
  /** A step of training. */
  readonly stepSeconds: number;
}

/**
 * The first steps make room for what the others use again, and find their batches made while they did. Those after
 * them share the cores with the thread that makes the next ones, as nearly all of a training's do.
 */
const [STEPS, UNCOUNTED] = [22, 8];

/** Of a patient of the plan's size and of steps of the recipe, in a folder that goes again. */
export async function measurePace(plan: DemoPlan, recipe: Recipe): Promise<DemoPace> {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-pace-"));
  try {
    const xrayUnit = withPitch(internalHospital.xrayUnit, plan.pitchMm);
    const spec = { weberClass: "C", exclusion: null } as const;
    const began = performance.now();
    const study = simulateStudy(internalHospital, "pace", 1, spec, xrayUnit);
    const radiographSeconds = (performance.now() - began) / 1000 / study.images.length;
    const files = study.images.map(({ radiograph, file }) => {
      const name = `${radiograph.view}.dcm`;
      writeFileWhole(join(folder, name), file);
      return name;
    });
    const record = phantomRecord({
      phantomVersion: 0,
      hospital: internalHospital.key,
      seed: "pace",
      number: 1,
      spec,
      study,
      files,
    });
    const annotations = join(folder, "annotations.json");
    writeFileWhole(annotations, cocoText(truthAnnotations([record])));
    return { radiographSeconds, stepSeconds: await secondsAStep(folder, annotations, recipe) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function secondsAStep(folder: string, annotations: string, base: Recipe): Promise<number> {
  const set = await readTrainingSet(annotations, folder);
  const recipe = resolveRecipe({ ...base, steps: STEPS, checkpointEverySteps: STEPS }, set, null);
  const seconds: number[] = [];
  await train({
    recipe,
    set,
    tuning: null,
    weights: null,
    directory: join(folder, "run"),
    device: "cpu",
    workers: 1,
    stop: new AbortController().signal,
    onEvent(event) {
      if (event.event === "step") seconds.push(event.seconds);
    },
  });
  const counted = seconds.slice(UNCOUNTED);
  return counted.reduce((sum, one) => sum + one, 0) / counted.length;
}

/** Of a radiograph's simulation on one core: what a stage takes for each radiograph of both hospitals. */
const SHARES: Partial<Record<StageName, number>> = {
  import: 0.045,
  annotate: 0.04,
  read: 0.008,
};
/** The same of proposals, whose networks and threads take all cores. */
const PROPOSING = 0.37;
/** A radiograph's detection, of a step of training with two. */
const DETECTION = 0.3;

/** What is left to do, stage by stage, in seconds. */
export function stageSeconds(
  plan: DemoPlan,
  { steps }: Recipe,
  { radiographSeconds, stepSeconds }: DemoPace,
): ReadonlyMap<StageName, number> {
  const { internal, external, splits } = plan;
  const views = { internal: 3, external: splits.externalTestViews.length };
  const patients = ({ perClass, excluded }: HospitalPlan) => 4 * perClass + excluded;
  const radiographs = patients(internal) * views.internal + patients(external) * views.external;
  const trained = splits.training.fracture + splits.training.noFracture;
  const reserved = splits.internalTestPatientsPerClass + splits.internalTestReservePerClass;
  const tested = 4 * reserved * views.internal + splits.externalTestPatients * views.external;
  const of = (stage: StageName): number => {
    switch (stage) {
      case "phantom":
        return (radiographs * radiographSeconds) / availableParallelism();
      case "prelabel":
        return (radiographs * radiographSeconds * PROPOSING) / availableParallelism();
      case "train":
        return steps * stepSeconds;
      case "calibrate":
        return trained * splits.tuningShare * DETECTION * stepSeconds;
      case "evaluate":
        return tested * DETECTION * stepSeconds;
      default:
        return radiographs * radiographSeconds * (SHARES[stage] ?? 0);
    }
  };
  return new Map(STAGES.map((stage) => [stage, of(stage)]));
}
