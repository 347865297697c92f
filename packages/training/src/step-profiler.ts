/** The profile of some steps, after the first ones, in which LibTorch prepares its convolutions. */
import { type Profile, startProfile, stopProfile } from "@malleolus/torch";

export interface ProfileRequest {
  readonly steps: number;
  readonly onProfile: (profile: StepProfile) => void;
}

export interface StepProfile extends Profile {
  /** How many were seen: fewer than asked for where the training ended. */
  readonly steps: number;
  /** Of the profile's time, waiting for radiographs. */
  readonly waitedMs: number;
}

export interface StepProfiler {
  /** Before a step begins. */
  before(): void;
  /** After it, with what of it was spent waiting. */
  after(waitedMs: number): void;
  /** Hands over what there is. */
  close(): void;
}

const STEPS_BEFORE = 5;

export function stepProfiler(request: ProfileRequest | null): StepProfiler {
  if (request === null) return { before() {}, after() {}, close() {} };
  let seen = 0;
  let waited = 0;
  let isTaking = false;
  const end = () => {
    if (!isTaking) return;
    isTaking = false;
    const steps = seen - STEPS_BEFORE;
    const profile = stopProfile();
    if (steps > 0) request.onProfile({ ...profile, steps, waitedMs: waited });
  };
  return {
    before() {
      if (seen !== STEPS_BEFORE) return;
      startProfile();
      isTaking = true;
    },
    after(waitedMs) {
      seen++;
      if (isTaking) waited += waitedMs;
      if (seen === STEPS_BEFORE + request.steps) end();
    },
    close: end,
  };
}
