/** What a run leaves behind while it trains, in the process that leads: its events, its checkpoints, and what validations found. */
import {
  type Checkpoint,
  openEvents,
  type RunDirectory,
  rewriteState,
  writeCheckpoint,
} from "@malleolus/runs";
import type { CheckpointState, RunEvent, Validated } from "@malleolus/schema";
import type { Team } from "../parallel/team.ts";
import { whileOthersWait } from "../parallel/waiting.ts";
import type { TrainingOptions } from "../training-options.ts";
import { afterValidation } from "../validation/best-so-far.ts";
import { type Validation, validate } from "../validation/validate.ts";
import { type TrainingState, writeTraining } from "./training-state.ts";

export interface Records {
  /** Where validations stand; null before the first. */
  readonly validated: Validated | null;
  /** Writes an event, with the time. */
  emit(event: WithoutTime<RunEvent>): void;
  /**
   * Validates what was learned in `step` steps, and keeps a checkpoint of it where it is the best so
   * far. Leaves things as they are where it is stopped on the way, or there is nothing to validate.
   */
  validate(step: number): Promise<void>;
  /** The checkpoint after `step` steps; the one that is there, where it says the same. */
  save(step: number): Checkpoint;
  close(): void;
}

export type WithoutTime<T> = T extends unknown ? Omit<T, "time"> : never;

/** `activations` says how large the values in the network are now. */
export function openRecords(
  run: RunDirectory,
  options: TrainingOptions,
  training: TrainingState,
  team: Team,
  activations: () => Readonly<Record<string, number>>,
): Records {
  const { recipe } = options;
  const events = openEvents(run.eventsPath, run.latest?.state.eventsBytes ?? 0);
  let validated = run.latest?.state.validated ?? null;
  /** The latest checkpoint, and what it says of validations. */
  let kept = run.latest === null ? null : { checkpoint: run.latest.checkpoint, validated };

  const emit: Records["emit"] = (partial) => {
    const event: RunEvent = { ...partial, time: new Date().toISOString() };
    events.append(event);
    options.onEvent(event);
  };

  const write = (state: Omit<CheckpointState, "format">): Checkpoint => {
    const checkpoint = writeCheckpoint(run.path, state, (directory) =>
      writeTraining(directory, training),
    );
    const { path, step } = checkpoint;
    emit({ event: "checkpoint", step, checkpoint: path, activations: activations() });
    return checkpoint;
  };

  const save = (step: number): Checkpoint => {
    const there = kept?.checkpoint.step === step ? kept : null;
    if (there !== null && there.validated === validated) return there.checkpoint;
    const state = { step, eventsBytes: events.sizeBytes, validated, recipe };
    // The tensors of a step are the same, however often it was validated.
    if (there !== null) rewriteState(there.checkpoint, state);
    kept = { checkpoint: there?.checkpoint ?? write(state), validated };
    return kept.checkpoint;
  };

  return {
    get validated() {
      return validated;
    },
    emit,
    save,
    async validate(step) {
      if (recipe.validation === null) return;
      const began = performance.now();
      const found = await whileOthersWait(team, () => validateAverage(options, training, team));
      if (found !== null) {
        const { measures, losses } = found;
        validated = afterValidation(validated, step, measures, recipe.validation);
        const isBest = validated.best?.step === step;
        const seconds = (performance.now() - began) / 1000;
        emit({ event: "validation", step, measures, losses, isBest, seconds });
        if (isBest) save(step);
      }
      team.tell(validated);
    },
    close: () => events.close(),
  };
}

/** With the average of the weights in their place, if there is one. */
async function validateAverage(
  { recipe, tuning, device, workers }: TrainingOptions,
  { task, average }: TrainingState,
  team: Team,
): Promise<Validation | null> {
  if (tuning === null) return null;
  average?.swap();
  try {
    const onImage = () => team.pulse("working");
    return await validate({ task, recipe, tuning, device, workers, stop: team.stop, onImage });
  } finally {
    average?.swap();
  }
}
