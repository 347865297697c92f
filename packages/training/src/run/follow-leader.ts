/** The records of a process that follows: it knows where the run stands, and the leader writes it down. */
import type { Checkpoint } from "@malleolus/runs";
import { type RunEvent, type RunStanding, validatedRecordSchema } from "@malleolus/schema";
import type { Team } from "../parallel/team.ts";
import { waitForLeader } from "../parallel/waiting.ts";
import type { TrainingOptions } from "../training-options.ts";
import type { Records } from "./records.ts";
import { takeOver } from "./take-over.ts";
import type { TrainingState } from "./training-state.ts";

export interface FollowingRecords extends Records {
  /** The checkpoint after so many steps, where the leader is lost; null where it is not, or its folder not here. */
  rescue(step: number): Checkpoint | null;
}

export function followLeader(
  options: TrainingOptions,
  training: TrainingState,
  team: Team,
  standing: RunStanding,
): FollowingRecords {
  let { validated } = standing;
  let lastStep: Extract<RunEvent, { event: "step" }> | null = null;
  return {
    get validated() {
      return validated;
    },
    emit(partial) {
      if (partial.event === "step") lastStep = { ...partial, time: new Date().toISOString() };
    },
    async validate() {
      await waitForLeader(team);
      validated = validatedRecordSchema.parse(team.tell(null));
    },
    save: (step) => ({ path: options.directory, step }),
    rescue: (step) => takeOver(options, training, { step, validated, lastStep }),
    close: () => undefined,
  };
}
