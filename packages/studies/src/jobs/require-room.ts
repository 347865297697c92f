/** Back-pressure: a queue that is full takes nothing more. */
import { StudyError } from "../errors.ts";

/** @throws StudyError `busy` */
export function requireRoom(jobs: number, room: number): void {
  if (jobs <= room) return;
  throw new StudyError(
    "busy",
    `expected at most ${Math.max(room, 0)} more jobs of their kind in the study's queue, got ${jobs}; send them when some are done`,
  );
}
