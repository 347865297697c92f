/** What the loader and its worker threads say to each other. */
import type { Sample } from "../augment/sample.ts";
import type { SampleRequest } from "./prepare-sample.ts";

export interface Question {
  readonly id: number;
  readonly request: SampleRequest;
}

export type Answer =
  | { readonly id: number; readonly sample: Sample }
  | { readonly id: number; readonly failure: Failure };

/** An error on its way between threads, where classes are lost. */
export interface Failure {
  readonly message: string;
  /** A file that cannot be used, or a fault of ours. */
  readonly isForeseen: boolean;
}
