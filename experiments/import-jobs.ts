/**
 * Import by jobs of many radiographs of four pixels, on PostgreSQL: how fast they come in, and how large sender and workers
 * are, by tenths. The workers are those that users start.
 *
 * node experiments/import-jobs.ts [RADIOGRAPHS 6000] [WORKERS 2]      some minutes
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { dicomFile, GRAY_2X2 } from "@malleolus/data/test-dicom";
import {
  closeStudy,
  createStudy,
  findHospital,
  openKeys,
  openQueue,
  openStudy,
  sendImports,
} from "@malleolus/studies";
import { createTestDatabase, findPostgres, startPostgres } from "@malleolus/studies/test-postgres";

const PASSPHRASE = "correct horse";
const VIEWS = 3;

function writeRadiographs(folder: string, count: number): void {
  for (let i = 0; i < count; i++) {
    const patient = Math.floor(i / VIEWS);
    const own = join(folder, String(patient % 100), String(patient));
    mkdirSync(own, { recursive: true });
    const file = dicomFile({
      ...GRAY_2X2,
      "00080016 UI": "1.2.840.10008.5.1.4.1.1.1",
      "00080018 UI": `1.3.99.1.${i}`,
      "00080020 DA": "20190410",
      "00100020 LO": `MRN${patient}`,
      "0020000d UI": `1.3.99.2.${patient}`,
    });
    writeFileSync(join(own, `${i}.dcm`), file);
  }
}

function residentMiB(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
}

function print(row: object): void {
  process.stdout.write(`${JSON.stringify({ ...row, load: Number(loadavg()[0].toFixed(1)) })}\n`);
}

const [radiographs = 6000, workers = 2] = process.argv.slice(2).map(Number);
const bin = findPostgres();
if (bin === null) throw new Error("expected PostgreSQL, got none: apt-get install postgresql");
const scratch = mkdtempSync(join(tmpdir(), "malleolus-import-jobs-"));
const server = await startPostgres(bin, { autovacuum: "on" });
try {
  const archive = join(scratch, "archive");
  writeRadiographs(archive, radiographs);
  const folder = join(scratch, "study");
  const database = await createTestDatabase(server.url, "study");
  const shape = { folder, name: "Simulated", passphrase: PASSPHRASE, simulation: "jobs", database };
  await createStudy(shape);
  const study = await openStudy(folder);
  const queue = await openQueue(study);
  const keys = await openKeys(study, PASSPHRASE);
  const hospital = findHospital(study, undefined);
  let start = performance.now();
  const given = { paths: [archive], hospital, keys };
  const sent = await sendImports(queue, given, {
    stop: new AbortController().signal,
    onTrouble: (trouble) => process.stderr.write(`${trouble}\n`),
  });
  const sentSeconds = (performance.now() - start) / 1000;
  print({ sent: sent.open, jobs: sent.jobs, perSecond: Math.round(sent.open / sentSeconds) });

  const main = join(import.meta.dirname, "../packages/cli/src/main.ts");
  const started = Array.from({ length: workers }, () =>
    spawn(process.execPath, [main, "worker", folder, "--import", "--threads", "1"], {
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, MALLEOLUS_PASSPHRASE: PASSPHRASE },
    }),
  );
  const imported = async () => {
    const asked = study.database
      .selectFrom("images")
      .select(({ fn }) => fn.countAll<number>().as("count"));
    return (await asked.executeTakeFirstOrThrow()).count;
  };
  while ((await imported()) === 0) await setTimeout(50);
  start = performance.now();
  let before = await imported();
  for (let tenth = 1; tenth <= 10; tenth++) {
    let count = before;
    while (count < (radiographs * tenth) / 10) {
      await setTimeout(200);
      count = await imported();
    }
    const seconds = (performance.now() - start) / 1000;
    start = performance.now();
    const workersMiB = started.flatMap(({ pid }) => (pid === undefined ? [] : [residentMiB(pid)]));
    print({ imported: count, perSecond: Math.round((count - before) / seconds), workersMiB });
    before = count;
  }
  for (const child of started) {
    child.kill("SIGTERM");
    if (child.exitCode === null && child.signalCode === null) await once(child, "close");
  }
  keys.close();
  await queue.close();
  await closeStudy(study);
} finally {
  await server.stop();
  rmSync(scratch, { recursive: true, force: true });
}
