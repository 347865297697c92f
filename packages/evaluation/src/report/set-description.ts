/** Who is in a set of patients: what a paper's first table says of each. */
import { quantile, sorted } from "../summary.ts";

export interface DescribedPatient {
  readonly patient: string;
  readonly hospital: string;
  /** Null as long as nobody has decided. */
  readonly class: string | null;
  readonly ambiguous: boolean | null;
  /** In years, as the file says it after de-identification; null where it says none. */
  readonly age: number | null;
  readonly sex: "F" | "M" | "O" | null;
  /** Maker and model; null where the file says none. */
  readonly machine: string | null;
  readonly radiographs: readonly {
    readonly view: string | null;
    /** Null without a fracture, or before anybody has graded it. */
    readonly visibility: string | null;
  }[];
}

export interface DescribedSet {
  /** `Training`, say. */
  readonly name: string;
  readonly patients: number;
  readonly radiographs: number;
  readonly classes: Counts;
  /** Patients whose readers differed at first. */
  readonly ambiguous: number;
  readonly age: AgeSummary | null;
  readonly sex: Counts;
  readonly hospitals: Counts;
  readonly machines: Counts;
  /** Of radiographs. */
  readonly views: Counts;
  /** Of radiographs on which a fracture was graded. */
  readonly visibility: Counts;
  /** All that these are of. */
  readonly members: readonly SetMember[];
}

/** A patient, with what is counted; of the age alone whether it is known. */
export interface SetMember extends Omit<DescribedPatient, "age"> {
  readonly hasAge: boolean;
}

/** How often each is there, the most frequent first. */
export type Counts = Readonly<Record<string, number>>;

/** Of the patients whose files say it. */
export interface AgeSummary {
  readonly known: number;
  readonly median: number;
  readonly quartiles: readonly [first: number, third: number];
}

/** What the set is called by which a detector's decisions are fitted. */
export const TUNING = "Tuning";

/** What stands where a file says nothing. */
export const UNKNOWN = "not stated";

export function describeSet(name: string, patients: readonly DescribedPatient[]): DescribedSet {
  const radiographs = patients.flatMap((one) => one.radiographs);
  const graded = radiographs.flatMap(({ visibility }) => visibility ?? []);
  return {
    name,
    patients: patients.length,
    radiographs: radiographs.length,
    classes: countsOf(patients.map((one) => one.class)),
    ambiguous: patients.filter(({ ambiguous }) => ambiguous === true).length,
    age: ageSummary(patients.flatMap(({ age }) => age ?? [])),
    sex: countsOf(patients.map(({ sex }) => sex)),
    hospitals: countsOf(patients.map(({ hospital }) => hospital)),
    machines: countsOf(patients.map(({ machine }) => machine)),
    views: countsOf(radiographs.map(({ view }) => view)),
    visibility: countsOf(graded),
    members: patients.map(({ age, ...member }) => ({ ...member, hasAge: age !== null })),
  };
}

function countsOf(values: readonly (string | null)[]): Counts {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value ?? UNKNOWN, (counts.get(value ?? UNKNOWN) ?? 0) + 1);
  const order = [...counts].toSorted(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  return Object.fromEntries(order);
}

function ageSummary(ages: readonly number[]): AgeSummary | null {
  if (ages.length === 0) return null;
  const [first, median, third] = [0.25, 0.5, 0.75].map((share) => quantile(sorted(ages), share));
  return { known: ages.length, median, quartiles: [first, third] };
}
