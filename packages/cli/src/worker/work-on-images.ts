/** What a worker has for a study's radiographs, whoever looks at them. */
import type { ImageSource, JobQueue, Study } from "@malleolus/studies";

export interface WorkOnImages {
  readonly study: Study;
  readonly queue: JobQueue;
  readonly images: ImageSource;
  readonly who: string;
  /** After each that was looked at. */
  readonly onImage: () => void;
  /** One that cannot be read, and why, where the study does not keep it. */
  readonly onFailure: (reason: string) => void;
}
