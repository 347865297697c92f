/** Further labels of a reading: those that the protocol asks for, and what goes together. */
import {
  type Label,
  labelConflict,
  type Protocol,
  type ReadingContent,
  type SaidLabels,
} from "@malleolus/schema";
import { StudyError } from "../errors.ts";

/** Those that readers are asked for. */
export function askedLabels({ labels }: Pick<Protocol, "labels">): Label[] {
  return (labels ?? []).filter(({ asked }) => asked);
}

/** @throws StudyError `record` for a label that is not asked for, or a value that it does not have. */
export function requireKnownLabels(protocol: Protocol, said: SaidLabels): void {
  for (const [id, value] of Object.entries(said)) {
    const label = askedLabels(protocol).find((one) => one.id === id);
    if (label?.values.some((one) => one.id === value)) continue;
    throw new StudyError("record", `The protocol asks for no "${id}" that is "${value}".`);
  }
}

/**
 * Of a reading that is submitted: a fracture has all labels that are asked for, and they go together.
 *
 * @throws StudyError `record`.
 */
export function requireAllLabels(
  protocol: Protocol,
  { decision, labels: said = {} }: Pick<ReadingContent, "decision" | "labels">,
): void {
  const labels = askedLabels(protocol);
  const classId = decision?.kind === "class" ? decision.id : null;
  const conflict = labelConflict({ ...protocol, labels }, classId, said);
  if (conflict !== null) {
    throw new StudyError(
      "record",
      `${conflict.said} does not go with ${conflict.against}. Change one of them.`,
    );
  }
  if (classId === null || classId === protocol.noFractureClass) return;
  const missing = labels.find(({ id }) => said[id] === undefined);
  if (missing !== undefined) {
    throw new StudyError("record", `A fracture needs its label "${missing.name}". Choose one.`);
  }
}
