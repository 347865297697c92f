/**
 * The table of who is in which set, row by row: in words, and of each set the patients who are counted there. The
 * section prints the counts and the list of cases the patients, by the same keys.
 */
import { type Counts, type DescribedSet, type SetMember, UNKNOWN } from "./set-description.ts";

/** Rows of one kind, `Sex` say. */
export interface SetGroup {
  readonly title: string;
  readonly rows: readonly SetRow[];
}

export interface SetRow {
  /** Part of an anchor. */
  readonly key: string;
  /** An id of which there may be a name. */
  readonly value: string;
  /** In the order of the sets. */
  readonly cells: readonly SetCell[];
}

export interface SetCell {
  readonly count: number;
  /** Of how many it is a share. */
  readonly of: number;
  /** Those counted, or whose radiographs are. */
  readonly patients: readonly string[];
}

interface Kind {
  readonly key: string;
  readonly title: string;
  readonly counts: (set: DescribedSet) => Counts;
  readonly all: (set: DescribedSet) => number;
  readonly values: (member: SetMember) => readonly (string | null)[];
}

const patientsOf = ({ patients }: DescribedSet) => patients;

const KINDS: readonly Kind[] = [
  {
    key: "class",
    title: "Class",
    counts: (set) => set.classes,
    all: patientsOf,
    values: (member) => [member.class],
  },
  {
    key: "sex",
    title: "Sex",
    counts: (set) => set.sex,
    all: patientsOf,
    values: ({ sex }) => [sex],
  },
  {
    key: "hospital",
    title: "Hospital",
    counts: (set) => set.hospitals,
    all: patientsOf,
    values: ({ hospital }) => [hospital],
  },
  {
    key: "machine",
    title: "Machine",
    counts: (set) => set.machines,
    all: patientsOf,
    values: ({ machine }) => [machine],
  },
  {
    key: "view",
    title: "View (radiographs)",
    counts: (set) => set.views,
    all: ({ radiographs }) => radiographs,
    values: ({ radiographs }) => radiographs.map(({ view }) => view),
  },
  {
    key: "visibility",
    title: "Visibility of the fracture (radiographs)",
    counts: (set) => set.visibility,
    all: ({ visibility }) => Object.values(visibility).reduce((sum, one) => sum + one, 0),
    values: ({ radiographs }) => radiographs.flatMap(({ visibility }) => visibility ?? []),
  },
];

/** Under each kind a row for everything that any set has; classes in the given order. */
export function setGroups(sets: readonly DescribedSet[], classes: readonly string[]): SetGroup[] {
  return KINDS.map(({ key, title, counts, all, values }) => {
    const there = new Set(sets.flatMap((set) => Object.keys(counts(set))));
    // Classes in the protocol's order; whatever else is counted as it comes, the frequent first.
    const ordered = [...new Set([...classes.filter((one) => there.has(one)), ...there])];
    const cellOf = (set: DescribedSet, value: string): SetCell => {
      const own = counts(set);
      const has = (member: SetMember) => values(member).some((one) => (one ?? UNKNOWN) === value);
      return {
        count: Object.hasOwn(own, value) ? own[value] : 0,
        of: all(set),
        patients: set.members.filter(has).map(({ patient }) => patient),
      };
    };
    const rows = ordered.map((value, place) => ({
      key: `${key}-${place}`,
      value,
      cells: sets.map((set) => cellOf(set, value)),
    }));
    return { title, rows };
  });
}

/** Of a set the patients of whom something is so, beside the kinds: all, with an age, on whom readers differed. */
export const setLists = {
  all: ({ members }: DescribedSet): string[] => members.map(({ patient }) => patient),
  age: ({ members }: DescribedSet): string[] =>
    members.flatMap(({ patient, hasAge }) => (hasAge ? [patient] : [])),
  differed: ({ members }: DescribedSet): string[] =>
    members.flatMap(({ patient, ambiguous }) => (ambiguous === true ? [patient] : [])),
} as const;
