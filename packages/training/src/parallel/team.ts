/**
 * The processes that train together, as the training loop sees them. Each has a share of every batch; the losses
 * and gradients of the shares add up to the whole batch's, so that the weights are the same in all of them, and
 * the same as one process would have.
 *
 * Process 0 leads: it has the run's folder, validates, and tells the others where the run stands. Most functions of
 * a team are a meeting of its processes, which call the same ones in the same order. `joined-team.ts` is a team
 * of several; here is that of one, which meets nobody.
 */
import { undividedBatch, type WholeBatch } from "@malleolus/networks";
import type { Tensor } from "@malleolus/torch";

export interface Size {
  readonly height: number;
  readonly width: number;
}

/** What every process must know before a step. */
export interface StepMeeting {
  /** Of each part of the batch: as large as its largest height and its largest width anywhere. */
  readonly sizes: readonly Size[];
  /** Whether some process cannot prepare its radiographs. */
  readonly hasFailed: boolean;
}

/** How far the leader is with what only it does. */
export type Pulse = "working" | "done" | "failed";

export interface Team {
  readonly rank: number;
  readonly size: number;
  /** Aborted when any process was asked to stop, as soon as all of them know. */
  readonly stop: AbortSignal;
  /** Of the slots of a part of a batch those that are this process's. */
  share(slots: number): { readonly first: number; readonly count: number };
  meet(own: StepMeeting): StepMeeting;
  /** The leader is still alive, or done, and stops are heard; in every process what the leader says. */
  pulse(own: Pulse): Pulse;
  /** The whole of a part of a batch that has so many images. */
  whole(images: number): WholeBatch;
  /** From now on gradients of these are added up. */
  train(parameters: readonly Tensor[]): void;
  /** The next backward pass completes the gradients. */
  expectGradients(): void;
  /** After it: gives every parameter the sum of its gradients over all processes. */
  addGradients(): void;
  /** The sum of a small tensor over all processes. */
  total(own: Tensor): Tensor;
  /** The leader's numbers, by which all of them decide. */
  agree(own: readonly number[]): readonly number[];
  /** Gives everyone what the leader has in these tensors. */
  spread(tensors: readonly Tensor[]): void;
  /** The leader's record, plain data; what others pass is not looked at. */
  tell(record: unknown): unknown;
  close(): void;
}

export function teamOfOne(stop: AbortSignal): Team {
  return {
    rank: 0,
    size: 1,
    stop,
    share: (slots) => ({ first: 0, count: slots }),
    meet: (own) => own,
    pulse: (own) => own,
    whole: () => undividedBatch,
    train: () => undefined,
    expectGradients: () => undefined,
    addGradients: () => undefined,
    total: (own) => own,
    agree: (own) => own,
    spread: () => undefined,
    tell: (record) => record,
    close: () => undefined,
  };
}
