/** Imports by jobs; what holds of every queue is in `job-queue.test.ts`. */
import assert from "node:assert/strict";
import {
  copyFileSync,
  globSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { dicomFile, GRAY_2X2 } from "@malleolus/data/test-dicom";
import { sql } from "kysely";
import { inTransaction } from "../database/in-transaction.ts";
import { imagePath } from "../image-store.ts";
import { lockImport } from "../import/import-lock.ts";
import { importInto, inspectStudy } from "../import/test-import.ts";
import { zipOf } from "../import/test-zip.ts";
import { startFileWorkers } from "../import/worker/pool.ts";
import { closeStudy, findHospital, openKeys, openStudy, type Study } from "../study.ts";
import { newStudy, PASSPHRASE, radiograph, TEST_POSTGRES, writeArchive } from "../test-study.ts";
import { MOST_A_JOB } from "./chunks.ts";
import { type ImportWork, importJobs, sendImports, withoutNames } from "./imports.ts";
import { openQueue } from "./open-queue.ts";
import { type StudyWork, type WorkEvent, work } from "./work.ts";

const never = new AbortController().signal;

interface TestContext {
  after(cleanUp: () => void | Promise<void>): void;
}

/**
 * What a worker has: its own connections, key file and thread; on SQLite, whose second connection would hold up this
 * thread, those of `beside`.
 */
async function workerOf(context: TestContext, folder: string, beside?: Study) {
  const study =
    TEST_POSTGRES === undefined && beside !== undefined ? beside : await openStudy(folder);
  const keys = await openKeys(study, PASSPHRASE);
  // A machine that is slow at a test loses nobody's job.
  const queue = await openQueue(study, { retryDelaySeconds: 0, leaseSeconds: 600 });
  const workers = startFileWorkers(1);
  context.after(async () => {
    await workers[Symbol.asyncDispose]();
    await queue.close();
    keys.close();
    if (study !== beside) await closeStudy(study);
  });
  const told: string[] = [];
  const troubles: string[] = [];
  const unsent: string[] = [];
  const given: ImportWork = {
    ...{ study, keys, queue, workers, who: "tester" },
    onFile: ({ outcome }) => told.push(outcome),
    onTrouble: (reason) => troubles.push(reason),
  };
  const send = (...paths: string[]) => {
    const hospital = findHospital(study, undefined);
    const onTrouble = (trouble: string) => unsent.push(trouble);
    return sendImports(queue, { paths, hospital, keys }, { stop: never, onTrouble });
  };
  return { study, queue, told, troubles, unsent, send, jobs: importJobs(given) };
}

test("sendImports and work: two workers import every file once, as an import does it, and no name is in the queue", async (context) => {
  const { folder, study } = await newStudy(context);
  const archive = join(folder, "archive");
  const files = writeArchive(archive, 40, 3);
  copyFileSync(files[0], join(archive, "patient-39", "again.dcm"));
  writeFileSync(join(archive, "notes.txt"), "no radiograph");
  symlinkSync(join(archive, "nowhere"), join(archive, "link"));
  const one = await workerOf(context, study);
  const other = await workerOf(context, study, one.study);
  const sent = await one.send(archive);
  assert.equal(sent.open, 122);
  assert.equal(one.unsent.length, 1);
  assert.match(one.unsent[0], /link: expected a file, got a link to nowhere/);
  assert.ok(sent.jobs >= 2 && sent.jobs <= 4, `${sent.jobs} jobs`);
  assert.deepEqual(await other.send(archive), { open: 0, jobs: 0 });
  assert.deepEqual(other.unsent, one.unsent);
  const { rows } =
    TEST_POSTGRES === undefined
      ? await sql`select * from jobs`.execute(one.study.database)
      : await sql`select * from pgboss.job`.execute(one.study.database);
  assert.equal(rows.length, sent.jobs);
  assert.doesNotMatch(JSON.stringify(rows), /patient-|archive/);

  const events: WorkEvent[] = [];
  const options = {
    stop: never,
    untilEmpty: true,
    onEvent: (event: WorkEvent) => events.push(event),
  };
  await Promise.all([one, other].map(({ jobs }) => work([jobs], options)));
  assert.deepEqual([...new Set(events.map(({ event }) => event))], ["completed"]);
  assert.deepEqual([...one.told, ...other.told].toSorted(), [
    ...Array(120).fill("imported"),
    "known",
    "refused",
  ]);
  const found = await inspectStudy(study);
  assert.deepEqual([found.images.length, found.cases.length, found.patients.length], [120, 40, 40]);
  assert.equal(found.files.length, 121);
  assert.deepEqual((await importInto(study, archive)).counts, {
    ...{ imported: 0, known: 121, refused: 2 },
    ...{ orphansRemoved: 0, stopped: false },
  });

  utimesSync(files[5], new Date(), new Date(2020, 1, 1));
  const again = await one.send(archive);
  assert.ok(again.jobs > 0 && again.jobs <= 2, `${again.jobs} jobs`);
});

test("sendImports: what cannot be sent is told before the rest waits for room", async (context) => {
  const { folder, study: path } = await newStudy(context);
  const archive = join(folder, "archive");
  writeArchive(archive, 1, 1);
  symlinkSync(join(archive, "nowhere"), join(archive, "link"));
  const study = await openStudy(path);
  const keys = await openKeys(study, PASSPHRASE);
  const queue = await openQueue(study, { mostWaiting: 0 });
  context.after(async () => {
    await queue.close();
    keys.close();
    await closeStudy(study);
  });
  const stop = new AbortController();
  const told: string[] = [];
  const files = { paths: [archive], hospital: findHospital(study, undefined), keys };
  const sent = await sendImports(queue, files, {
    stop: stop.signal,
    onTrouble: (trouble) => told.push(trouble.replace(/^.*: expected/, "expected")),
    onFull() {
      told.push("full");
      stop.abort();
    },
  });
  assert.deepEqual(sent, { open: 0, jobs: 0 });
  assert.match(told.join("; "), /^expected a file, got a link to nowhere[^;]*; .*full$/);
});

test("importJobs: what is recorded in a transaction that is undone is recorded by the next; what is lost leaves nothing", async (context) => {
  const { folder, study } = await newStudy(context);
  const archive = join(folder, "archive");
  writeArchive(archive, 2, 2);
  const { study: opened, queue, told, jobs, send } = await workerOf(context, study);
  await send(archive);
  const job = await queue.claim(jobs.topic);
  assert.ok(job !== null);
  const lost = await jobs.perform(job, never);
  const refused = inTransaction(opened.database, async (transaction) => {
    await lost.store?.(transaction);
    throw new Error("another has it");
  });
  await assert.rejects(refused, /another has it/);
  await lost.end?.(false);
  assert.deepEqual(told, []);
  const { rows } = await sql`select * from images`.execute(opened.database);
  assert.equal(rows.length, 0);

  const results = await jobs.perform(job, never);
  const undone = inTransaction(opened.database, async (transaction) => {
    await results.store?.(transaction);
    throw new Error("another was faster");
  });
  await assert.rejects(undone, /another was faster/);
  assert.equal(await queue.complete(job, results), true);
  await results.end?.(true);
  assert.equal((await inspectStudy(study)).images.length, 4);
});

test("importJobs: an image that is gone from beside its place fails its job at once, and the lock is free", async (context) => {
  const { folder, study } = await newStudy(context);
  const archive = join(folder, "archive");
  writeArchive(archive, 1, 1);
  const { study: opened, jobs, queue, send } = await workerOf(context, study);
  await send(archive);
  const gone: StudyWork = {
    ...jobs,
    async perform(job, lost) {
      const results = await jobs.perform(job, lost);
      for (const aside of globSync(join(study, "images", "*", "*.tmp"))) rmSync(aside);
      return results;
    },
  };
  const stop = new AbortController();
  const events: string[] = [];
  await work([gone], {
    stop: stop.signal,
    untilEmpty: true,
    onEvent({ event }) {
      events.push(event);
      stop.abort();
    },
  });
  assert.deepEqual(events, ["failed"]);
  assert.equal((await queue.counts()).waiting, 1);
  await (await lockImport(opened, 1))[Symbol.asyncDispose]();
});

test("importJobs: files that a worker cannot read are no job done; a file that is bad is", async (context) => {
  const { folder, study } = await newStudy(context);
  const archive = join(folder, "archive");
  writeArchive(archive, 1, 2);
  writeFileSync(join(archive, "z-broken.zip"), "no zip file");
  const { queue, told, jobs, send } = await workerOf(context, study);
  await send(archive);
  const job = await queue.claim(jobs.topic);
  assert.ok(job !== null);
  renameSync(archive, `${archive} elsewhere`);
  await assert.rejects(jobs.perform(job, never), {
    message:
      /^the file: it cannot be read \(ENOENT.*; see that workers may read .* jobs --revive; .* --names says which file$/,
  });
  assert.equal((await inspectStudy(study)).files.length, 0);

  renameSync(`${archive} elsewhere`, archive);
  const results = await jobs.perform(job, never);
  assert.equal(await queue.complete(job, results), true);
  await results.end?.(true);
  assert.deepEqual(told.toSorted(), ["imported", "imported", "refused"]);
});

test("importJobs: a zip file ends its job, and what is in it is recorded by dozens", async (context) => {
  const { folder, study } = await newStudy(context);
  const archive = join(folder, "archive");
  mkdirSync(archive);
  const images = Array.from({ length: MOST_A_JOB + 2 }, (_, i) => i);
  const zip = zipOf(images.map((i) => [`${i}.dcm`, radiograph(2, i)] as const));
  for (const name of ["a.zip", "b.zip"]) writeFileSync(join(archive, name), zip);
  const { study: opened, queue, told, jobs, send } = await workerOf(context, study);
  assert.deepEqual(await send(archive), { open: 2, jobs: 2 });
  const job = await queue.claim(jobs.topic);
  assert.ok(job !== null);
  const results = await jobs.perform(job, never);
  const recorded = await opened.database.selectFrom("images").select("sha256").execute();
  assert.deepEqual([told.length, recorded.length], [MOST_A_JOB, MOST_A_JOB]);
  assert.equal(await queue.complete(job, results), true);
  await results.end?.(true);
  assert.deepEqual(told, Array(MOST_A_JOB + 2).fill("imported"));
  assert.equal((await inspectStudy(study)).images.length, MOST_A_JOB + 2);
});

/** One image in two syntaxes, and others under its UID: of its patient, and of another. */
function twins(folder: string) {
  const write = (
    name: string,
    syntax: string,
    pixels = GRAY_2X2["7fe00010 OW"],
    patient = "MRN1",
  ) => {
    const elements = {
      ...GRAY_2X2,
      "00080018 UI": "1.3.99.1.1",
      "00100020 LO": patient,
      "0020000d UI": "1.3.99.2.1",
      "7fe00010 OW": pixels,
    };
    const path = join(folder, name);
    writeFileSync(path, dicomFile(elements, syntax));
    return path;
  };
  const [explicit, implicit] = ["1.2.840.10008.1.2.1", "1.2.840.10008.1.2"];
  return {
    one: write("1.dcm", explicit),
    other: write("2.dcm", implicit),
    changed: write("3.dcm", explicit, [9, 9, 9, 9]),
    ofAnother: write("4.dcm", explicit, [8, 8, 8, 8], "MRN2"),
  };
}

test("importJobs: files of one UID are decoded before the transaction that records them", async (context) => {
  const { folder, study } = await newStudy(context);
  const { one, other, changed, ofAnother } = twins(folder);
  await importInto(study, one);
  const { study: opened, queue, jobs, send, told } = await workerOf(context, study);
  const [{ sha256 }] = await opened.database.selectFrom("images").select("sha256").execute();
  const path = imagePath(opened.images, sha256);
  const complete = async (given: string[], whileItWaits?: () => Promise<void>) => {
    await send(...given);
    const job = await queue.claim(jobs.topic);
    assert.ok(job !== null);
    const lock = await lockImport(opened, 1);
    const performed = jobs.perform(job, never);
    const staged = () => globSync(join(opened.images, "*", "*.tmp"));
    while (staged().length === 0) await setTimeout(20);
    await whileItWaits?.();
    await lock[Symbol.asyncDispose]();
    const results = await performed;
    // Whoever would read it now has not done it before.
    renameSync(path, `${path}.away`);
    assert.equal(await queue.complete(job, results), true);
    await results.end?.(true);
    renameSync(`${path}.away`, path);
  };
  await complete([other, ofAnother]);
  assert.deepEqual(told, ["known", "refused"]);
  // Recorded by another import when this one has looked already.
  const { database } = opened;
  const setUid = (sop_instance_uid: string) =>
    database.updateTable("images").set({ sop_instance_uid }).execute();
  const [{ sop_instance_uid: uid }] = await database.selectFrom("images").selectAll().execute();
  await setUid("elsewhere");
  await complete([changed], async () => {
    await setTimeout(200);
    await setUid(uid);
  });
  assert.deepEqual(told, ["known", "refused", "refused"]);
});

test("importJobs: of a job that is lost no file is decoded any more", async (context) => {
  const { folder, study } = await newStudy(context);
  const { one, other } = twins(folder);
  await importInto(study, one);
  const { study: opened, queue, jobs, send } = await workerOf(context, study);
  await send(other);
  const job = await queue.claim(jobs.topic);
  assert.ok(job !== null);
  const [{ sha256 }] = await opened.database.selectFrom("images").select("sha256").execute();
  // Whoever would read its twin fails.
  rmSync(imagePath(opened.images, sha256));
  const results = await jobs.perform(job, AbortSignal.abort());
  await results.end?.(false);
});

test("importJobs: files of one UID in one job are compared with each other", async (context) => {
  const { folder, study } = await newStudy(context);
  const { one, other, changed } = twins(folder);
  const { queue, jobs, send, told } = await workerOf(context, study);
  await send(one, other, changed);
  const job = await queue.claim(jobs.topic);
  assert.ok(job !== null);
  const results = await jobs.perform(job, never);
  assert.equal(await queue.complete(job, results), true);
  await results.end?.(true);
  assert.deepEqual(told, ["imported", "known", "refused"]);
});

/** A zip file of more than one part, at whose first part a worker waits for the import's lock. */
async function atFirstPart(context: TestContext) {
  const { folder, study } = await newStudy(context);
  const count = MOST_A_JOB + 2;
  const files = Array.from({ length: count }, (_, i) => [`${i}.dcm`, radiograph(3, i)] as const);
  const zip = join(folder, "archive.zip");
  writeFileSync(zip, zipOf(files));
  const { study: opened, queue, told, jobs, send } = await workerOf(context, study);
  await send(zip);
  const job = await queue.claim(jobs.topic);
  assert.ok(job !== null);
  const lock = await lockImport(opened, 1);
  const lost = new AbortController();
  const performed = jobs.perform(job, lost.signal);
  const staged = () => globSync(join(study, "images", "*", "*.tmp"));
  let isOver = false;
  const end = () => {
    isOver = true;
  };
  performed.then(end, end);
  // The last one is staged while the part waits.
  while (staged().length < count) {
    assert.ok(!isOver, "ended without the lock");
    await setTimeout(20);
  }
  return { study, lock, lost, performed, staged, told };
}

test("importJobs: of a part that cannot be recorded nothing is left beside the images' places", async (context) => {
  const { study, lock, lost, performed, staged, told } = await atFirstPart(context);
  lost.abort();
  await assert.rejects(performed, /another import of this study is running/);
  assert.deepEqual([staged(), told], [[], []]);
  await lock[Symbol.asyncDispose]();
  assert.equal((await inspectStudy(study)).images.length, 0);
});

test("importJobs: a part that waited while its job went to another is not recorded", async (context) => {
  const { study, lock, lost, performed, staged, told } = await atFirstPart(context);
  const freed = lock[Symbol.asyncDispose]();
  lost.abort();
  await freed;
  // On a server it may have asked for the lock before it was free: it gives up then.
  await performed.then(
    (results) => results.end?.(false),
    (error) => assert.match(error.message, /another import of this study is running/),
  );
  assert.deepEqual([staged(), told], [[], []]);
  assert.equal((await inspectStudy(study)).images.length, 0);
});

test("importJobs: a job that fails says why without the names of its files, and with them to whoever may know", async (context) => {
  const { folder, study } = await newStudy(context);
  const archive = join(folder, "archive");
  const [file] = writeArchive(archive, 1, 1);
  const { queue, jobs, send, troubles } = await workerOf(context, study);
  await send(archive);
  rmSync(file);
  const stop = new AbortController();
  const reasons: string[] = [];
  await work([jobs], {
    stop: stop.signal,
    untilEmpty: true,
    onEvent(event) {
      if ("reason" in event) reasons.push(event.reason);
      stop.abort();
    },
  });
  assert.equal(reasons.length, 1);
  // The system's words hold the path, too.
  assert.match(
    reasons[0],
    /^the file: .* stat 'the file'.*; malleolus worker --import --names says which file$/,
  );
  assert.equal(troubles.length, 1);
  assert.ok(troubles[0].startsWith(`${file}: it cannot be read`));
  assert.doesNotMatch(reasons[0], /patient-0|archive\//);
  assert.equal((await queue.counts()).waiting, 1);
});

test("withoutNames: a name that others begin with leaves no tail of theirs, nor does a zip file's", () => {
  const names = ["/a/b", "/a/b.dcm", "/a/c.zip", "/a/c.zip/Jansen/1.dcm"];
  for (const [text, expected] of [
    ["/a/b.dcm: no", "the file: no"],
    ["open '/a/b.dcm', not /a/b", "open 'the file', not the file"],
    ["/a/c.zip/Jansen/1.dcm: no", "the file: no"],
    ["/a/c.zip: no", "the file: no"],
  ]) {
    assert.equal(withoutNames(text, names), expected);
  }
});
