/**
 * A process that computes for hours and steps aside for whatever answers people: at a lower priority it takes what
 * the machine has left, all of it where nothing else runs.
 */
import { constants, getPriority, setPriority } from "node:os";

const BEHIND = constants.priority.PRIORITY_BELOW_NORMAL;
const NORMAL = constants.priority.PRIORITY_NORMAL;

/**
 * Called before the threads that compute are started, since these take over what their starter has. A priority that
 * somebody gave the process themselves (`nice`) stays as it is.
 */
export function yieldProcessor(): void {
  if (getPriority() === NORMAL) setPriority(BEHIND);
}
