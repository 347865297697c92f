/**
 * What a page of a worklist and of the list of cases costs in a study of 100,000 radiographs: 33,334
 * cases of as many patients, given to three observers, who have closed half of them. Only the
 * database's rows are there, in a folder of their own. It has no peer.
 */
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  assignReaders,
  closeStudy,
  createStudy,
  listCases,
  openStudy,
  readFlow,
  readWorklist,
  type Study,
} from "@malleolus/studies";
import type { Bench } from "./bench.ts";
import { type Contestant, measure, row } from "./measure.ts";

const CASES = 33_334;
const VIEWS = ["ap", "mortise", "lateral"] as const;
const STATES = ["candidate fracture", "candidate no fracture", "agreed", "adjudicated"] as const;
const CLASSES = ["weber_a", "weber_b", "weber_c", "no_fracture"] as const;
const BATCH = 500;

export const worklist: Bench = {
  name: "worklist",
  peerModules: [],
  defaultRuns: 31,
  async run({ runs, progress }) {
    const folder = mkdtempSync(join(tmpdir(), "malleolus-worklist-"));
    try {
      progress(`writing ${CASES} cases with ${CASES * VIEWS.length} radiographs`);
      const study = await largeStudy(join(folder, "study"));
      try {
        const questions = await questionsOf(study);
        const times = await measure(questions, runs);
        return questions.map(({ name }) => row(name, times.get(name), undefined, null));
      } finally {
        await closeStudy(study);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

async function questionsOf(study: Study): Promise<Contestant[]> {
  const person = "observer-1";
  const all = await study.database
    .selectFrom("tasks")
    .select("position")
    .where("person", "=", person)
    .where("done", "=", 0)
    .orderBy("position")
    .execute();
  const after = all[Math.floor(all.length / 2)]?.position;
  const ask = (name: string, question: () => Promise<unknown>): Contestant => ({
    name,
    async run() {
      const start = process.hrtime.bigint();
      await question();
      return Number(process.hrtime.bigint() - start) / 1e6;
    },
  });
  const half = caseId(CASES / 2);
  return [
    ask("worklist: a reader's next 50 cases", () =>
      readWorklist(study, { queue: "curation", person }),
    ),
    ask("worklist: 50 from the middle", () =>
      readWorklist(study, { queue: "curation", person, after }),
    ),
    ask("worklist: 50 that are done", () =>
      readWorklist(study, { queue: "curation", person, done: true }),
    ),
    ask("cases: the first 50", () => listCases(study)),
    ask("cases: 50 of a state, from the middle", () =>
      listCases(study, { state: "agreed", after: half }),
    ),
    ask("cases: of a state and the smaller hospital", () =>
      listCases(study, { state: "adjudicated", hospital: "b" }),
    ),
    ask("cases: the ambiguous of a class", () =>
      listCases(study, { class: "weber_a", ambiguous: true }),
    ),
    ask("cases: a filter that nothing passes", () =>
      listCases(study, { hospital: "none", class: "weber_a" }),
    ),
    ask("cases: one patient, by pseudonym", () => listCases(study, { search: "P-0033000" })),
    ask("the whole flow diagram", () => readFlow(study)),
  ];
}

async function largeStudy(folder: string): Promise<Study> {
  await createStudy({ folder, name: "Bench", passphrase: "bench" });
  const more = ["observer-2", "observer-3"].map(
    (id) => `[[observers]]\nid = "${id}"\nname = "${id}"\nroles = ["observer"]\n`,
  );
  const hospital = '[[hospitals]]\nid = "b"\nname = "B"\nrole = "external"\n';
  appendFileSync(join(folder, "malleolus.toml"), `\n${more.join("\n")}\n${hospital}`);
  const study = await openStudy(folder);
  await study.database.transaction().execute(async (transaction) => {
    for (let start = 0; start < CASES; start += BATCH) {
      const numbers = Array.from(
        { length: Math.min(BATCH, CASES - start) },
        (_, index) => start + index,
      );
      await transaction
        .insertInto("patients")
        .values(numbers.map((n) => ({ id: patientId(n), hospital: n % 50 === 0 ? "b" : "a" })))
        .execute();
      // Candidates first, so that all of them can be given out; what came of some follows.
      await transaction
        .insertInto("cases")
        .values(
          numbers.map((n) => ({
            id: caseId(n),
            patient_id: patientId(n),
            state: "candidate fracture" as const,
          })),
        )
        .execute();
      await transaction
        .insertInto("images")
        .values(numbers.flatMap((n) => VIEWS.map((view) => imageRow(n, view))))
        .execute();
    }
  });
  await assignReaders(study, "curation");
  await study.database.transaction().execute(async (transaction) => {
    for (let n = 0; n < CASES; n++) {
      const state = STATES[n % STATES.length];
      const closed = state === "agreed" || state === "adjudicated";
      await transaction
        .updateTable("cases")
        .set({
          state,
          class: closed ? CLASSES[Math.floor(n / 4) % CLASSES.length] : null,
          ambiguous: closed ? Number(state === "adjudicated") : null,
        })
        .where("id", "=", caseId(n))
        .execute();
      if (!closed) continue;
      await transaction
        .updateTable("tasks")
        .set({ done: 1 })
        .where("case_id", "=", caseId(n))
        .where("queue", "=", "curation")
        .execute();
    }
  });
  return study;
}

function caseId(n: number): string {
  // In another order than that of the patients.
  return `2.25.${((Math.floor(n) * 7919) % CASES).toString().padStart(8, "0")}`;
}

function patientId(n: number): string {
  return `P-${n.toString().padStart(7, "0")}`;
}

function imageRow(n: number, view: (typeof VIEWS)[number]) {
  const place = VIEWS.indexOf(view);
  const name = `${caseId(n)}.${place}`;
  return {
    sha256: Buffer.from(name.padEnd(32)).toString("hex"),
    case_id: caseId(n),
    sop_instance_uid: name,
    series_instance_uid: `${caseId(n)}.9`,
    size_bytes: 2_000_000,
    facts: JSON.stringify({
      format: "dicom",
      width: 1024,
      height: 1280,
      modality: "DX",
      view,
      side: "left",
      pixelSpacingMm: [0.148, 0.148],
      spacingSource: "at detector",
      transferSyntax: "1.2.840.10008.1.2.4.70",
      bitsAllocated: 16,
      bitsStored: 12,
      photometric: "MONOCHROME2",
      exifOrientation: null,
    }),
  };
}
