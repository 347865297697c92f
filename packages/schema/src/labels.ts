/**
 * Further labels of a case, as data of a protocol: another classification, a sign, a pattern of injury. Each has
 * values, and a value may go with some classes or with some values of other labels alone: those are the rules
 * between them. A label is asked for where the protocol says so.
 */
import { z } from "zod";

const idSchema = z.string().regex(/^[a-z0-9][a-z0-9_-]*$/, {
  error: "expected small letters, digits, - and _, a letter or digit first",
});

export const labelValueSchema = z.strictObject({
  id: idSchema,
  name: z.string().min(1),
  /** Goes with these classes alone; with all but "no fracture" without it. */
  classes: z.array(z.string()).min(1).optional(),
  /** By another label: goes with these of its values alone. */
  with: z.record(z.string(), z.array(z.string()).min(1)).optional(),
});

export const labelSchema = z.strictObject({
  id: idSchema,
  name: z.string().min(1),
  /** Whether readers are asked for it. */
  asked: z.boolean(),
  values: z.array(labelValueSchema).min(2),
});
export type Label = z.infer<typeof labelSchema>;

/** By label, the value that somebody said. */
export const saidLabelsSchema = z.record(z.string(), z.string());
export type SaidLabels = z.infer<typeof saidLabelsSchema>;

/** Two things that were said and do not go together. */
export interface LabelConflict {
  /** As people read it: `AO/OTA 44: 44A1`. */
  readonly said: string;
  readonly against: string;
}

interface Classes {
  readonly classes: readonly { readonly id: string; readonly name: string }[];
  readonly noFractureClass: string;
}

/**
 * What does not go together, the first in the labels' order; null where all does. A class that is no fracture
 * has no labels, and neither has a case without a class.
 */
export function labelConflict(
  protocol: Classes & { readonly labels: readonly Label[] },
  classId: string | null,
  said: SaidLabels,
): LabelConflict | null {
  for (const label of protocol.labels) {
    const value = saidValue(label, said);
    if (value === undefined) continue;
    const words = `${label.name}: ${value.name}`;
    if (!goesWithClass(protocol, value, classId)) {
      const name = protocol.classes.find(({ id }) => id === classId)?.name;
      return { said: words, against: name ?? "no class" };
    }
    for (const [other, allowed] of Object.entries(value.with ?? {})) {
      const second = protocol.labels.find(({ id }) => id === other);
      const its = second === undefined ? undefined : saidValue(second, said);
      if (second === undefined || its === undefined || allowed.includes(its.id)) continue;
      return { said: words, against: `${second.name}: ${its.name}` };
    }
  }
  return null;
}

/** Whether a value may be said with a class and with what else is said. */
export function isPossible(
  protocol: Classes & { readonly labels: readonly Label[] },
  classId: string | null,
  said: SaidLabels,
  label: string,
  value: string,
): boolean {
  const others = Object.fromEntries(Object.entries(said).filter(([id]) => id !== label));
  // What is wrong between the others is not this one's fault.
  const before = labelConflict(protocol, classId, others);
  return (
    before !== null || labelConflict(protocol, classId, { ...others, [label]: value }) === null
  );
}

function saidValue({ id, values }: Label, said: SaidLabels) {
  return values.find((value) => value.id === said[id]);
}

function goesWithClass(
  { noFractureClass }: Classes,
  { classes }: z.infer<typeof labelValueSchema>,
  classId: string | null,
): boolean {
  if (classId === null || classId === noFractureClass) return false;
  return classes?.includes(classId) ?? true;
}
