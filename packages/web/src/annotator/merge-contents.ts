/**
 * Two states of a case that come from one: what somebody drew in two tabs or on two computers. Records that
 * only one side has changed go together without a word; shapes that both have changed are somebody's to
 * choose, and what gives way is kept aside.
 */
import type { AnnotationContent, SetAside } from "@malleolus/schema";
import { contentOf } from "./document.ts";
import { isSameRecord } from "./same-record.ts";
import type { Shape } from "./shape.ts";

/** One shape as it is here and there; null where it was deleted. */
export interface ShapeConflict {
  readonly id: string;
  readonly here: Shape | null;
  readonly there: Shape | null;
  /** When the other one was saved. */
  readonly thereAt: string;
}

export interface MergedContents {
  /** With what is here wherever both have changed. */
  readonly content: AnnotationContent;
  readonly conflicts: readonly ShapeConflict[];
}

/**
 * `base` is what both began with: the last that this page knows to be saved. The other side of a conflict is kept
 * aside from now on, so that it is there whatever happens before somebody chooses; `thereAt` is when it was saved.
 */
export function mergeContents(
  base: AnnotationContent,
  here: AnnotationContent,
  there: AnnotationContent,
  thereAt: string,
): MergedContents {
  const byId = (all: readonly Shape[]) => new Map(all.map((one) => [one.id, one]));
  const shapes = mergeRecords(byId(base.shapes), byId(here.shapes), byId(there.shapes));
  const keyed = <T extends { readonly id: string }>(all: readonly T[]) =>
    new Map(all.map((one) => [one.id, one]));
  const parked = mergeRecords(keyed(base.parked), keyed(here.parked), keyed(there.parked));
  const decided = ({ decisions }: AnnotationContent) =>
    new Map(decisions.map((one) => [one.offer, one]));
  const decisions = mergeRecords(decided(base), decided(here), decided(there));
  const grades = ({ visibility }: AnnotationContent) => new Map(Object.entries(visibility));
  const visibility = mergeRecords(grades(base), grades(here), grades(there));
  const [hereById, thereById] = [byId(here.shapes), byId(there.shapes)];
  const conflicts = shapes.both.map((id) => ({
    id,
    here: hereById.get(id) ?? null,
    there: thereById.get(id) ?? null,
    thereAt,
  }));
  const givenWay = conflicts.flatMap(({ there: shape }) =>
    shape === null ? [] : [{ shape, at: thereAt }],
  );
  return {
    content: {
      ...contentOf({
        shapes: shapes.merged,
        parked: parked.merged,
        decisions: decisions.merged,
        visibility: visibility.merged,
      }),
      setAside: unionOf(unionOf(here.setAside, there.setAside), givenWay),
      seconds: longest(base.seconds, here.seconds, there.seconds),
    },
    conflicts,
  };
}

export type ConflictChoice = "this" | "other" | "both";

/** The content after a choice; what gives way is kept aside, and what holds is there no longer. */
export function resolveConflict(
  content: AnnotationContent,
  { id, here, there }: ShapeConflict,
  choice: ConflictChoice,
  made: { readonly id: string; readonly at: string },
): AnnotationContent {
  const rest = content.shapes.filter((shape) => shape.id !== id);
  const aside = (shape: Shape | null): SetAside[] =>
    shape === null ? [] : [{ shape, at: made.at }];
  const known = content.setAside.filter(
    ({ shape }) => there === null || !isSameRecord(shape, there),
  );
  const some = (shape: Shape | null) => (shape === null ? [] : [shape]);
  switch (choice) {
    case "this":
      return {
        ...content,
        shapes: [...rest, ...some(here)],
        setAside: [...known, ...aside(there)],
      };
    case "other":
      return {
        ...content,
        shapes: [...rest, ...some(there)],
        setAside: [...known, ...aside(here)],
      };
    case "both": {
      const other = some(there).map((shape) => ({ ...shape, id: here === null ? id : made.id }));
      return { ...content, shapes: [...rest, ...some(here), ...other], setAside: known };
    }
  }
}

function mergeRecords<T>(
  base: ReadonlyMap<string, T>,
  here: ReadonlyMap<string, T>,
  there: ReadonlyMap<string, T>,
): { readonly merged: ReadonlyMap<string, T>; readonly both: readonly string[] } {
  const merged = new Map<string, T>();
  const both: string[] = [];
  for (const key of new Set([...base.keys(), ...here.keys(), ...there.keys()])) {
    const [was, ours, theirs] = [base.get(key), here.get(key), there.get(key)];
    const isOurs = !isSameRecord(was, ours);
    const isTheirs = !isSameRecord(was, theirs);
    const value = isOurs ? ours : theirs;
    if (value !== undefined) merged.set(key, value);
    if (isOurs && isTheirs && !isSameRecord(ours, theirs)) both.push(key);
  }
  return { merged, both };
}

function unionOf(one: readonly SetAside[], other: readonly SetAside[]): readonly SetAside[] {
  const more = other.filter((aside) => !one.some((known) => isSameRecord(known, aside)));
  return [...one, ...more];
}

/** Time was spent here and there: both count from where they parted. */
function longest(
  base: AnnotationContent["seconds"],
  here: AnnotationContent["seconds"],
  there: AnnotationContent["seconds"],
): AnnotationContent["seconds"] {
  const images = new Set([...Object.keys(here), ...Object.keys(there)]);
  return Object.fromEntries(
    [...images].map((image) => {
      const was = base[image] ?? 0;
      const spent = (side: AnnotationContent["seconds"]) => Math.max((side[image] ?? 0) - was, 0);
      return [image, Math.round((was + spent(here) + spent(there)) * 10) / 10];
    }),
  );
}
