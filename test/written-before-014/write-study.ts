/**
 * Writes this folder's study, with the code that a commit before migration 014 had: every table of it has rows, by the
 * functions that its people's acts called. Started by hand, once:
 *
 *     git worktree add /tmp/before d4399af && cp -al node_modules /tmp/before/
 *     node test/written-before-014/write-study.ts /tmp/before test/written-before-014
 *
 * Nothing of today's code is imported: what a later version writes belongs in a folder of that version. Radiographs are
 * empty, names are invented.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [root, out] = process.argv.slice(2);
if (root === undefined || out === undefined) {
  console.error("usage: node test/written-before-014/write-study.ts WORKTREE FOLDER");
  process.exit(2);
}
const load = (path: string) => import(pathToFileURL(resolve(root, "packages", path)).href);
const studies = await load("studies/src/index.ts");
const { inTransaction } = await load("studies/src/database/in-transaction.ts");
const { dicomFile, GRAY_2X2 } = await load("data/src/dicom/test-dicom.ts");
const { emptyAnnotation } = await load("schema/src/index.ts");
const { z } = await import("zod");

const PASSPHRASE = "written before 014";
const MODEL = { sha256: "a1".repeat(32), name: "preliminary", version: "1" };
const CLASSES = ["weber_a", "weber_b", "weber_c", "no_fracture"] as const;
const OBSERVERS = ["observer-1", "observer-2", "observer-3"];
const SURGEONS = ["surgeon-1", "surgeon-2", "surgeon-3"];
const ANNOTATORS = ["annotator-1", "annotator-2"];
const LEFT = { status: "left", search: undefined, limit: 100 } as const;
const folder = mkdtempSync(join(tmpdir(), "written-before-014-"));
const stamp = () => ({ who: "coordinator", at: new Date().toISOString() });

const study = await begin();
const keys = await studies.openKeys(study, PASSPHRASE);
await importPatients("a", 0, 16);
await importPatients("b", 20, 2);
await studies.screenCases(study, "coordinator");
await accounts();
await readPool();
await proposeAll();
await assign();
await readReference();
await openRounds();
await annotate();
await markFindings();
await sendJobs();
// The last patient comes when all else has gone on: their case is read in part.
await importPatients("a", 16, 1);
await studies.screenCases(study, "coordinator");
await readLast();
await writeOut();

async function begin() {
  const people = [
    ...OBSERVERS.map((id) => [id, "observer"]),
    ["senior", "senior"],
    ...SURGEONS.map((id) => [id, "surgeon"]),
    ...ANNOTATORS.map((id) => [id, "annotator"]),
  ];
  const { ankleProtocol } = studies;
  await studies.createStudy({
    folder: join(folder, "study"),
    name: "Before 014",
    passphrase: PASSPHRASE,
    simulation: "before 014",
    participants: {
      hospitals: [
        { id: "a", name: "Hospital A", role: "internal", language: "en" },
        { id: "b", name: "Hospital B", role: "external", language: "en" },
      ],
      observers: people.map(([id, role]) => ({ id, name: id, roles: [role] })),
    },
    protocol: {
      ...ankleProtocol,
      views: ["ap", "lateral"],
      consent: { corrections: true },
      annotation: { unassistedShare: 0.8, proposals: "at once" },
      splits: {
        ...ankleProtocol.splits,
        preliminary: { fracture: 1, noFracture: 1 },
        training: { fracture: 2, noFracture: 1 },
        tuningShare: 0,
        internalTestPatientsPerClass: 1,
        internalTestReservePerClass: 0,
        externalTestPatients: 1,
      },
    },
  });
  return studies.openStudy(join(folder, "study"));
}

/** Two views a patient, and one file that is none; reports of all of them. */
async function importPatients(hospital: string, from: number, count: number): Promise<void> {
  const archive = join(folder, "archive", `${hospital}-${from}`);
  mkdirSync(archive, { recursive: true });
  writeFileSync(join(archive, "notes.dcm"), "no radiograph");
  const lines = ["accession,report"];
  for (let patient = from; patient < from + count; patient++) {
    for (const [image, view] of ["AP", "LL"].entries()) {
      writeFileSync(join(archive, `${patient}-${image}.dcm`), radiograph(patient, image, view));
    }
    const isSound = patient % 4 === 3;
    lines.push(
      `ACC${1000 + patient},${isSound ? "No fracture." : "Fracture of the lateral malleolus."}`,
    );
  }
  const table = join(folder, `reports-${hospital}-${from}.csv`);
  writeFileSync(table, `${lines.join("\n")}\n`);
  const given = { hospital: studies.findHospital(study, hospital), keys, who: "importer" };
  await studies.importDicom(study, { ...given, paths: [archive] });
  await studies.importReports(study, { ...given, path: table });
}

function radiograph(patient: number, image: number, view: string): Buffer {
  return dicomFile({
    ...GRAY_2X2,
    "00080016 UI": "1.2.840.10008.5.1.4.1.1.1.1",
    "00080018 UI": `1.3.99.1.${patient}.${image}`,
    "00080020 DA": "20190410",
    "00080050 SH": `ACC${1000 + patient}`,
    "00100010 PN": `Name${patient}^Given`,
    "00100020 LO": `MRN${7000 + patient}`,
    "00180015 CS": "ANKLE",
    "00181164 DS": "0.5\\0.5",
    "00185101 CS": view,
    "0020000d UI": `1.3.99.2.${patient}`,
    "0020000e UI": `1.3.99.3.${patient}`,
    "00200062 CS": "L",
    "00280010 US": [60],
    "00280011 US": [50],
    "7fe00010 OW": Array.from({ length: 3000 }, (_, i) => (i === 0 ? patient + 1 : 0)),
  });
}

async function accounts(): Promise<void> {
  await studies.createFirstAdministrator(study, { login: "ada", name: "Ada", password: "$hash" });
  for (const [i, person] of [OBSERVERS[0], ANNOTATORS[0]].entries()) {
    await studies.invite(study, { person }, `link ${i}`, stamp());
  }
  const given = { tokenSha256: "link 0", login: "anna", password: "$hash of anna" };
  const anna = await studies.acceptInvitation(study, given);
  await studies.openSession(study, anna.id, "token of a session");
  await studies.recordWrongPassword(study, anna.id);
  await studies.addPasskey(study, {
    accountId: anna.id,
    credential: "credential",
    publicKey: "key",
    counter: 7,
    name: "stick",
  });
  await studies.signInExternally(study, {
    issuer: "https://id.example.org",
    subject: "s-1",
    login: "bert",
    name: "Bert",
    as: { roles: ["researcher"] },
  });
  await studies.serverSecret(study);
  const entry = { at: stamp().at, who: "anna", action: "case opened", what: "C-1", status: 200 };
  await studies.recordAudit(study, [entry, { ...entry, who: null, what: null, status: 401 }]);
  await inTransaction(study.database, (database: unknown) =>
    studies.once(
      { ...study, database },
      { who: "anna", requestId: "r-1", action: "read", answer: z.object({ a: z.number() }) },
      async () => ({ a: 1 }),
    ),
  );
  const check = { darkSeen: true, brightSeen: false, pixelRatio: 1.5 };
  const screen = { screenWidth: 2560, screenHeight: 1440 };
  await studies.recordDisplayCheck(study, OBSERVERS[0], { ...check, ...screen });
}

async function casesOf(hospital: string): Promise<string[]> {
  const found: { id: string }[] = await studies.listCases(study, { hospital });
  return found.map(({ id }) => id).toSorted();
}

async function imagesOf(caseId: string): Promise<string[]> {
  const rows = await study.database
    .selectFrom("images")
    .select("sha256")
    .where("case_id", "=", caseId)
    .orderBy("sha256")
    .execute();
  return rows.map(({ sha256 }: { sha256: string }) => sha256);
}

async function submitAs(reader: string, caseId: string, more: object = {}): Promise<void> {
  const { entries } = await studies.readerWorklist(study, reader, { queue: "curation", ...LEFT });
  for (const { code } of entries) {
    const task = await studies.findReaderTask(study, reader, code);
    if (task.caseId === caseId) await studies.submitOwnReading(study, task, more);
  }
}

/** All agree but on two cases: one goes to the senior, one is left out. */
async function readPool(): Promise<void> {
  await studies.assignReaders(study, "curation");
  const all = [...(await casesOf("a")), ...(await casesOf("b"))];
  for (const [i, caseId] of all.entries()) {
    const [image] = await imagesOf(caseId);
    for (const [seat, reader] of OBSERVERS.entries()) {
      const said = i === 1 && seat === 2 ? CLASSES[0] : CLASSES[i % 4];
      const content =
        i === 2
          ? { decision: { kind: "exclusion", id: "cast" }, note: "a cast" }
          : {
              decision: { kind: "class", id: said },
              certainty: 1 + (i % 5),
              seconds: 12.5 + i,
              visibility: said === "no_fracture" ? {} : { [image]: "difficult" },
              measurements: [
                {
                  image,
                  rule: null,
                  form: "length",
                  points: [
                    [1, 1.5],
                    [4, 5],
                  ] as const,
                },
              ],
              conditions: { screenWidth: 1920, screenHeight: 1200, pixelRatio: 1 },
            };
      await submitAs(reader, caseId, content);
    }
  }
  await studies.resolveReadings(study, { panel: "curation", who: "coordinator" });
  for (const { code } of await studies.decidingList(study, "senior")) {
    const task = await studies.findDecidingTask(study, "senior", code);
    const decision = { kind: "class", id: "weber_b" };
    await studies.submitOwnView(study, task, { decision, seconds: 30 });
    await studies.decideCase(study, task, { decision, reason: "seen on the lateral" });
  }
}

async function proposeAll(): Promise<void> {
  const records = [];
  for (const [i, caseId] of [...(await casesOf("a")), ...(await casesOf("b"))].entries()) {
    for (const image of await imagesOf(caseId)) {
      const sure = 0.4 + i / 40;
      const probabilities = Object.fromEntries(
        CLASSES.map((name, at) => [name, at === i % 4 ? sure : (1 - sure) / 3]),
      );
      records.push({
        image,
        model: MODEL,
        isLowerLeg: true,
        shapes: ["fibula", "fracture"].map((structure, at) => ({
          structure,
          polygons: [[10 + at, 10, 40, 10, 40, 40]],
          line: null,
          score: 0.7 + at / 10,
        })),
        probabilities,
        flippedProbabilities: null,
        segmentation: null,
        view: null,
        side: null,
      });
    }
  }
  await studies.storeProposals(study, records, "coordinator");
}

async function assign(): Promise<void> {
  await studies.assignInternalTest(study, "coordinator");
  await studies.assignExternalTest(study, "coordinator");
  await studies.assignPreliminaryTraining(study, "coordinator");
  const { images } = await studies.selectTraining(study, {
    strategy: "hard",
    count: 3,
    balance: { fracture: 2, noFracture: 1 },
    hardest: 4,
    who: "coordinator",
  });
  await studies.assignTraining(study, { who: "coordinator", preferred: images });
}

async function readReference(): Promise<void> {
  await studies.assignReaders(study, "reference");
  for (const [seat, reader] of SURGEONS.entries()) {
    const { entries } = await studies.readWorklist(study, { queue: "reference", person: reader });
    for (const [i, { caseId }] of entries
      .toSorted((a: { caseId: string }, b: { caseId: string }) => (a.caseId < b.caseId ? -1 : 1))
      .entries()) {
      const decision = { kind: "class", id: i === 0 && seat === 1 ? "weber_c" : "weber_b" };
      await studies.submitReading(study, { caseId, panel: "reference", reader, decision });
    }
  }
  const resolving = { panel: "reference", who: "coordinator" };
  const { disagreements } = await studies.resolveReadings(study, resolving);
  const [caseId] = disagreements;
  const decision = { kind: "class", id: "weber_c" };
  await studies.recordConsensus(study, { caseId, who: SURGEONS[0], decision, why: "they talked" });
}

/** One round with a model, read in part, and one by which two qualify. */
async function openRounds(): Promise<void> {
  const people = OBSERVERS.slice(0, 2);
  const asked = { repeatShare: 0.25, washoutDays: 14, seed: 5 };
  const model = { name: "Crossed", people, cases: 4, model: "crossed", ...asked };
  const { key } = await studies.createRound(study, model, stamp());
  const { entries } = await studies.readerWorklist(study, people[0], { queue: key, ...LEFT });
  for (const { code } of entries.slice(0, 3)) {
    const task = await studies.findReaderTask(study, people[0], code);
    const decision = { kind: "class", id: "weber_a" };
    await studies.submitOwnReading(study, task, { decision, certainty: 2 });
  }
  const qualification = { name: "Qualify", people: ["senior"], cases: 2, passShare: 0.5, ...asked };
  await studies.createRound(study, qualification, stamp());
}

/** What both draw alike has its truth; one is given back, one is a draft. */
async function annotate(): Promise<void> {
  await studies.assignAnnotators(study);
  for (const person of ANNOTATORS) {
    const { entries } = await studies.annotatorWorklist(study, person, LEFT);
    const tasks = [];
    for (const { code } of entries) {
      tasks.push(await studies.findAnnotatorTask(study, person, code));
    }
    tasks.sort((a, b) => (a.caseId < b.caseId ? -1 : 1));
    for (const [i, task] of tasks.entries()) {
      if (i === tasks.length - 1) await drawDraft(task);
      else await submitDrawn(task);
    }
  }
  const [entry] = await studies.reviewList(study, "senior");
  const task = await studies.findReviewedTask(study, "senior", entry.code);
  const [image] = await imagesOf(task.caseId);
  await inTransaction(study.database, async (database: unknown) => {
    const within = { ...study, database };
    const text = "Does it end here?";
    await studies.openThread(within, task, { image, x: 11, y: 12.5, text, who: "senior" });
    const answer = { thread: 1, text: "Yes.", resolves: true, who: task.person };
    await studies.addToThread(within, task, answer);
    await studies.returnCase(within, task, { reason: "Draw the tip.", who: "senior" });
  });
  await studies.resolveAnnotations(study, "coordinator");
}

async function submitDrawn(task: { caseId: string; person: string }): Promise<void> {
  const isSound = (await classOf(task.caseId)) === "no_fracture";
  const arm = await studies.armOf(study.database, task.caseId);
  if (arm === "unassisted") return submitDraft(task, isSound);
  for (const image of await imagesOf(task.caseId)) {
    const { annotation_id: id } = await study.database
      .selectFrom("prelabels")
      .select("annotation_id")
      .where("image_sha256", "=", image)
      .executeTakeFirstOrThrow();
    const drawn = [{ structure: "fibula", polygons: [[10, 10, 40, 10, 40, 40]] }];
    const second = isSound ? "no_fracture" : "fracture";
    drawn.push({ structure: second, polygons: [[12, 10, 40, 10, 40, 41]] });
    const decisions = [
      { of: "shape", prelabel: id, structure: "fibula", is: "accepted" },
      isSound
        ? { of: "shape", prelabel: id, structure: "fracture", is: "rejected", why: "wrong place" }
        : { of: "shape", prelabel: id, structure: "fracture", is: "mended" },
    ];
    await studies.submitAnnotation(study, {
      image,
      annotator: task.person,
      visibility: isSound ? null : "easy",
      outlines: drawn,
      seconds: 40,
      startedFrom: id,
      decisions,
    });
  }
}

/** As the page of the annotators does it. */
async function submitDraft(task: { caseId: string }, isSound: boolean): Promise<void> {
  const images = await imagesOf(task.caseId);
  const shapes = images.flatMap((image, place) =>
    ["fibula", isSound ? "no_fracture" : "fracture"].map((structure, order) => ({
      ...shapeOn(image, structure, order),
      id: `${place}-${order}`,
    })),
  );
  const visibility = isSound ? {} : Object.fromEntries(images.map((one) => [one, "easy"]));
  const content = { ...emptyAnnotation, shapes, visibility };
  await studies.submitAnnotationDraft(study, task, { version: 0, content });
}

function shapeOn(image: string, structure: string, order: number) {
  const drawn = { form: "polygon", points: [10, 10, 40, 10, 40, 40], widthMm: null };
  const state = { order, locked: false, doubtful: false, parents: [], offer: null };
  return { id: "0", image, structure, ...drawn, ...state };
}

async function classOf(caseId: string): Promise<string | null> {
  const found = await study.database
    .selectFrom("cases")
    .select("class")
    .where("id", "=", caseId)
    .executeTakeFirstOrThrow();
  return found.class;
}

async function drawDraft(task: { caseId: string }): Promise<void> {
  const [image] = await imagesOf(task.caseId);
  const content = { ...emptyAnnotation, shapes: [shapeOn(image, "fibula", 0)] };
  await studies.saveAnnotationDraft(study, task, { version: 0, content });
}

async function markFindings(): Promise<void> {
  const shown: { id: string }[] = await studies.casesWithFindings(study);
  const taken = await study.database.selectFrom("assigned_images").select("case_id").execute();
  const ids = new Set(taken.map(({ case_id }: { case_id: string }) => case_id));
  const free = shown.filter(({ id }) => !ids.has(id)).slice(0, 2);
  for (const [i, { id }] of free.entries()) {
    const [image] = await imagesOf(id);
    await studies.markWrong(study, {
      caseId: id,
      image,
      structure: i === 0 ? "fracture" : "fibula",
      wrong: i === 0 ? "nothing there" : "another place",
      note: "Only a vessel.",
      round: "First look",
      who: "ada",
    });
  }
}

/** One is done, one is being done, one has died, and one waits. */
async function sendJobs(): Promise<void> {
  const queue = await studies.openQueue(study, { retryDelaySeconds: 0, leaseSeconds: 3600 });
  const [first] = await casesOf("a");
  const images = await imagesOf(first);
  const content = { kind: "analyze", model: MODEL.sha256, images };
  for (const key of ["done", "dead", "active", "waiting"]) {
    await queue.send([{ key, content }]);
    if (key === "waiting") break;
    const job = await queue.claim();
    if (key === "done") {
      const analysis = { findings: [], classScores: { fracture: 0.25 }, imageProbabilities: null };
      const analyzed = [
        { image: images[0], analysis },
        { image: images[1], failure: "no pixels" },
      ];
      await queue.complete(job, (transaction: unknown) =>
        studies.storeAnalyses(transaction, MODEL.sha256, analyzed, "worker"),
      );
    }
    if (key === "dead") {
      await queue.fail(job, "the card is hot");
      for (let again = await queue.claim(); again !== null; again = await queue.claim()) {
        await queue.fail(again, "the card is hot");
      }
    }
  }
  await queue.close();
}

/** One has read it, one took the reading back and asks for a third, and one has a draft. */
async function readLast(): Promise<void> {
  await studies.assignReaders(study, "curation");
  const question = { queue: "curation", ...LEFT };
  for (const [seat, reader] of OBSERVERS.entries()) {
    const { entries } = await studies.readerWorklist(study, reader, question);
    const task = await studies.findReaderTask(study, reader, entries[0].code);
    const content = { decision: { kind: "class", id: "weber_a" }, certainty: 4, note: "thin" };
    if (seat === 0) {
      await studies.submitOwnReading(study, task, content);
      await studies.askForReopening(study, task, "It was the other side.");
    } else if (seat === 1) {
      await studies.submitOwnReading(study, task, content);
      await studies.withdrawOwnReading(study, task);
    } else {
      await studies.saveDraft(study, task, { version: 0, content: { note: "half" } });
    }
  }
}

/** A backup by the version itself, the key file that lies beside it, and what it said of the study. */
async function writeOut(): Promise<void> {
  const told = {
    flow: await studies.readFlow(study),
    cases: await studies.listCases(study),
    classes: [...(await studies.classesOfCases(study))].toSorted(),
    curation: await studies.readingMatrix(study, "curation"),
    reference: await studies.readingMatrix(study, "reference"),
    rounds: await studies.listRounds(study),
    reopenings: await studies.listReopenings(study),
    annotationAgreement: await studies.annotationAgreement(study),
    tests: await studies.readTestSets(study),
    externalTest: (await studies.cocoExport(study, "external test")).dataset,
    selection: await studies.selectionVisibleTo(study, { viewer: "coordinator" }),
    members: await studies.listMembers(study),
    audit: await studies.readAudit(study, { limit: 100 }),
    wrongFindings: await studies.correctionRounds(study),
  };
  keys.close();
  await studies.backUpStudy(study, join(folder, "backup.tar"));
  await studies.closeStudy(study);
  writeFileSync(join(folder, "told.json"), JSON.stringify(told));
  const files = ["backup.tar", "study.keys", "told.json"];
  const plain = ["--owner=0", "--group=0", "--numeric-owner", "--mtime=2025-11-29"];
  execFileSync("tar", ["-czf", resolve(out, "study.tar.gz"), ...plain, "-C", folder, ...files]);
  rmSync(folder, { recursive: true });
}
