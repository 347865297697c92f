/**
 * A profile of time: by stage of the work, and by LibTorch's operators within it.
 *
 * Stages are named where the work is done (`stage("backbone", …)`) and cost nothing unless a profile
 * is being taken.
 */
import { TorchError } from "./errors.ts";
import { native, type OperatorCost } from "./native.ts";

export interface StageTime {
  readonly stage: string;
  /** Wall time of the stage without stages inside it; backward passes are a stage of their own. */
  readonly milliseconds: number;
}

export interface Profile {
  readonly operators: readonly OperatorCost[];
  readonly stages: readonly StageTime[];
  /** From start to stop. */
  readonly milliseconds: number;
}

interface Taking {
  readonly began: number;
  readonly stages: Map<string, number>;
  /** Names of the stages that are open, and the time since when the innermost one counts. */
  readonly open: string[];
  since: number;
}

let taking: Taking | null = null;

/** Starts to take a profile. One at a time in a process. */
export function startProfile(): void {
  if (taking !== null) {
    throw new TorchError(
      "argument",
      "startProfile: a profile is being taken already; stop it first",
    );
  }
  const now = performance.now();
  taking = { began: now, stages: new Map(), open: [], since: now };
  native.startProfile();
}

/** What was seen since `startProfile`. */
export function stopProfile(): Profile {
  if (taking === null) {
    throw new TorchError(
      "argument",
      "stopProfile: no profile is being taken; call startProfile first",
    );
  }
  const operators = native.stopProfile();
  const { began, stages } = taking;
  taking = null;
  return {
    operators,
    stages: [...stages].map(([stage, milliseconds]) => ({ stage, milliseconds })),
    milliseconds: performance.now() - began,
  };
}

/** Runs `body`, a synchronous part of the work, under a name for the profile. */
export function stage<T>(name: string, body: () => T): T {
  const current = taking;
  if (current === null) return body();
  count(current);
  current.open.push(name);
  native.setProfileStage(name);
  try {
    return body();
  } finally {
    count(current);
    current.open.pop();
    native.setProfileStage(current.open.at(-1) ?? null);
  }
}

/** Gives the innermost stage the time since it was last looked at. */
function count(current: Taking): void {
  const now = performance.now();
  const name = current.open.at(-1);
  if (name !== undefined) {
    current.stages.set(name, (current.stages.get(name) ?? 0) + now - current.since);
  }
  current.since = now;
}
