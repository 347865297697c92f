/** Whether a new report stands in for one before it. */
import type { LiveStudy } from "./inbox/live-study.ts";

/**
 * The analysis before, if it saw other radiographs that are all still here, and if its report went out: one that the
 * archive never had is stood in for by nothing.
 */
export function predecessorOf(
  { analysedInstances, objects }: LiveStudy,
  instances: readonly string[],
  isSending: boolean,
): string[] | null {
  const isOther = analysedInstances.length > 0 && analysedInstances.length < instances.length;
  const isKnown = !isSending || objects.some(({ kind, isSent }) => kind === "report" && isSent);
  return isOther && isKnown && analysedInstances.every((one) => instances.includes(one))
    ? analysedInstances
    : null;
}
