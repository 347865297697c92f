/** Decisions that a protocol knows, and how they stand in rows. */
import type { Decision, Protocol } from "@malleolus/schema";
import { StudyError } from "../errors.ts";

/** @throws StudyError `record` where the protocol has no such class or exclusion code. */
export function requireDecision(protocol: Protocol, { kind, id }: Decision): void {
  const known = (kind === "class" ? protocol.classes : protocol.exclusions).map((one) => one.id);
  if (known.includes(id)) return;
  const what = kind === "class" ? "a class" : "an exclusion code";
  throw new StudyError(
    "record",
    `expected ${what} of the protocol (${known.join(", ")}), got "${id}"`,
  );
}

/** Null where the reading was withdrawn. */
export function decisionOf(row: {
  readonly decision_kind: Decision["kind"] | null;
  readonly decision_id: string | null;
}): Decision | null {
  return row.decision_kind === null || row.decision_id === null
    ? null
    : { kind: row.decision_kind, id: row.decision_id };
}

export function sameDecision(a: Decision, b: Decision): boolean {
  return a.kind === b.kind && a.id === b.id;
}

/** `weber_b`, `excluded: cast` */
export function decisionText({ kind, id }: Decision): string {
  return kind === "class" ? id : `excluded: ${id}`;
}
