/** Simulated observers, seniors and surgeons at work on a study, through the doors people use. */
import { drawPatient, type Reader, type Reading, readCase } from "@malleolus/data";
import type { Decision, Panel } from "@malleolus/schema";
import {
  adjudicateReading,
  closeReadings,
  openReading,
  readWorklist,
  recordConsensus,
  type Study,
  submitReading,
} from "@malleolus/studies";
import type { PhantomRecord } from "../phantom/phantom-record.ts";
import { exclusionCode } from "../phantom/write-archive.ts";
import { type KnownImages, recordOf } from "./known-cases.ts";

/** Of an ordinary observer's noise. */
const NOISE = { observer: 1, senior: 0.5, surgeon: 0.7 } as const;

const PANELS = {
  curation: { role: "observer", decides: "senior" },
  reference: { role: "surgeon", decides: "surgeon" },
} as const satisfies Record<Panel, { role: keyof typeof NOISE; decides: keyof typeof NOISE }>;

export interface Readers {
  readonly study: Study;
  readonly known: KnownImages;
  readonly panel: Panel;
  readonly onReading: (done: number, total: number) => void;
}

/** The whole panel reads what it has to; a senior, or the panel's talk, settles the rest. */
export async function readAll({ study, known, panel, onReading }: Readers): Promise<void> {
  const { role, decides } = PANELS[panel];
  await openReading(study, panel);
  const people = peopleOf(study, role);
  const recordOfCase = new Map<string, PhantomRecord>();
  const lists = await Promise.all(
    people.map((person) => readWorklist(study, { queue: panel, person, limit: EVERYTHING })),
  );
  const total = lists.reduce((sum, { left }) => sum + left, 0);
  let done = 0;
  for (const [i, { entries }] of lists.entries()) {
    for (const { caseId, images } of entries) {
      const record = recordOf(known, images);
      recordOfCase.set(caseId, record);
      const decision = decide(record, { name: people[i], noise: NOISE[role] });
      await submitReading(study, { caseId, panel, reader: people[i], decision });
      onReading(++done, total);
    }
  }
  const { disagreements } = await closeReadings(study, { panel, who: "demo" });
  const who = peopleOf(study, decides)[0];
  const open = await casesOf(study, panel, people[0], known, recordOfCase);
  for (const caseId of disagreements) {
    const record = open.get(caseId);
    if (record === undefined) throw new Error(`internal: case ${caseId} was read by nobody`);
    const decision = decide(record, { name: who, noise: NOISE[decides] }, SECOND_LOOK);
    const why = "simulated: looked again at the views and at the others' readings";
    if (panel === "curation") {
      await adjudicateReading(study, { caseId, who, decision, why, ownView: decision });
    } else {
      await recordConsensus(study, { caseId, who, decision, why });
    }
  }
}

const EVERYTHING = 1_000_000;
/** Another reading of the same person. */
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

function decide(record: PhantomRecord, reader: Reader, session = 1): Decision {
  const reading = readCase(
    {
      patient: drawPatient(record.patientSeed, record.wish),
      fracture: record.fracture,
      contrasts: record.images.map(({ contrast }) => contrast ?? 0),
    },
    reader,
    session,
  );
  return decisionOf(reading);
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
