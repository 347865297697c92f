/** Simulated observers, seniors and surgeons at work on a study, through the doors people use. */
import {
  adjudicationOf,
  consensusOf,
  exclusionCode,
  type PhantomRecord,
  READER_ROLES,
  type ReadCase,
  type Reader,
  type Reading,
  readCase,
  samplePatient,
} from "@malleolus/phantom";
import type { Decision, Panel } from "@malleolus/schema";
import {
  adjudicateReading,
  assignReaders,
  readWorklist,
  recordConsensus,
  resolveReadings,
  type Study,
  submitReading,
} from "@malleolus/studies";
import { type KnownImages, recordOf } from "./known-cases.ts";

const READS = { curation: "observer", reference: "surgeon" } as const satisfies Record<
  Panel,
  keyof typeof READER_ROLES
>;

export interface Readers {
  readonly study: Study;
  readonly known: KnownImages;
  readonly panel: Panel;
  readonly onReading: (done: number, total: number) => void;
}

/** The whole panel reads what it has to; a senior, or the panel's talk, resolves the rest. */
export async function readAll({ study, known, panel, onReading }: Readers): Promise<void> {
  await assignReaders(study, panel);
  const readers = readersOf(study, READS[panel]);
  const recordOfCase = new Map<string, PhantomRecord>();
  const lists = await Promise.all(
    readers.map(({ name }) =>
      readWorklist(study, { queue: panel, person: name, limit: EVERYTHING }),
    ),
  );
  const total = lists.reduce((sum, { left }) => sum + left, 0);
  let done = 0;
  for (const [i, { entries }] of lists.entries()) {
    for (const { caseId, images } of entries) {
      const record = recordOf(known, images);
      recordOfCase.set(caseId, record);
      const decision = decisionOf(readCase(caseOf(record), readers[i], FIRST_LOOK));
      await submitReading(study, { caseId, panel, reader: readers[i].name, decision });
      onReading(++done, total);
    }
  }
  const { disagreements } = await resolveReadings(study, { panel, who: "demo" });
  const open = await casesOf(study, panel, readers[0].name, known, recordOfCase);
  for (const caseId of disagreements) {
    const record = open.get(caseId);
    if (record === undefined) throw new Error(`internal: case ${caseId} was read by nobody`);
    if (panel === "curation") await adjudicate(study, caseId, caseOf(record), readers);
    else await talk(study, caseId, caseOf(record), readers);
  }
}

/** The senior looks alone, then weighs what the observers saw. */
async function adjudicate(
  study: Study,
  caseId: string,
  seen: ReadCase,
  observers: readonly Reader[],
): Promise<void> {
  const [senior] = readersOf(study, "senior");
  await adjudicateReading(study, {
    caseId,
    who: senior.name,
    decision: decisionOf(adjudicationOf(seen, senior, observers, FIRST_LOOK)),
    why: "simulated: looked at the views alone, then weighed that with what the observers saw",
    ownView: decisionOf(readCase(seen, senior, FIRST_LOOK)),
  });
}

/** The surgeons look again, together; the first of them records what they come to. */
async function talk(
  study: Study,
  caseId: string,
  seen: ReadCase,
  surgeons: readonly Reader[],
): Promise<void> {
  await recordConsensus(study, {
    caseId,
    who: surgeons[0].name,
    decision: decisionOf(consensusOf(seen, surgeons, SECOND_LOOK)),
    why: `simulated: all ${surgeons.length} looked again at all views, and pooled what they saw`,
  });
}

const EVERYTHING = 1_000_000;
const FIRST_LOOK = 1;
const SECOND_LOOK = 2;

/** All cases of a panel; after an interruption, those that were read before it too. */
async function casesOf(
  study: Study,
  queue: Panel,
  person: string,
  known: KnownImages,
  read: ReadonlyMap<string, PhantomRecord>,
): Promise<ReadonlyMap<string, PhantomRecord>> {
  const { entries } = await readWorklist(study, { queue, person, done: true, limit: EVERYTHING });
  const earlier = entries.map(({ caseId, images }) => [caseId, recordOf(known, images)] as const);
  return new Map([...earlier, ...read]);
}

export function peopleOf({ configuration }: Study, role: string): string[] {
  return configuration.observers
    .filter(({ roles }) => roles.some((one) => one === role))
    .map(({ id }) => id);
}

function readersOf(study: Study, role: keyof typeof READER_ROLES): Reader[] {
  return peopleOf(study, role).map((name) => ({ name, ...READER_ROLES[role] }));
}

function caseOf(record: PhantomRecord): ReadCase {
  return {
    patient: samplePatient(record.patientSeed, record.spec),
    fracture: record.fracture,
    contrasts: record.images.map(({ contrast }) => contrast ?? 0),
  };
}

function decisionOf({ exclusion, weberClass }: Reading): Decision {
  if (exclusion !== null) return { kind: "exclusion", id: exclusionCode(exclusion) };
  return { kind: "class", id: classId(weberClass) };
}

/** As the ankle's protocol calls the classes. */
export function classId(weberClass: "A" | "B" | "C" | "none" | null): string {
  if (weberClass === null || weberClass === "none") return "no_fracture";
  return `weber_${weberClass.toLowerCase()}`;
}
