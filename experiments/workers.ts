/**
 * What workers come to when there are many, and what a queue loses when everything fails: nothing. Each question has a
 * PostgreSQL of its own (Debian's), simulated radiographs, and workers in processes of their own, whose work
 * is to sleep or to compute for a given time.
 *
 * node experiments/workers.ts coordination [WORKERS 50] [JOBS 5000] [MS 0]   a minute: claims of a task that sleeps so long
 * node experiments/workers.ts throughput [MS 200] [JOBS 120]           a minute: n workers beside one
 * node experiments/workers.ts taken [WORKERS 8] [ROUNDS 2]             a minute: how soon the jobs of killed workers are taken again
 * node experiments/workers.ts faults [SEED 1] [KILLS 100]              five minutes: kill -9, SIGSTOP, restarts, cuts, clocks
 * node experiments/workers.ts many [RADIOGRAPHS 100000] [WORKERS 2]    rate and memory, by tenths of the radiographs
 *
 * Long because the questions share their servers, workers and counts.
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { createConnection, createServer, type Socket } from "node:net";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { randomStreams } from "@malleolus/random";
import {
  closeStudy,
  createStudy,
  imagesOf,
  type JobQueue,
  openQueue,
  openStudy,
  type Study,
  sendAnalyses,
  topicOf,
} from "@malleolus/studies";
import { facts, imageId } from "@malleolus/studies/test-people";
import {
  createTestDatabase,
  findPostgres,
  startPostgres,
  type TestPostgres,
} from "@malleolus/studies/test-postgres";
import {
  type TestWorkerNews,
  type TestWorkerOptions,
  testWorker,
} from "@malleolus/studies/test-worker";

const MODEL = { sha256: "ab".repeat(32), name: "none", version: "1" };
const TOPIC = topicOf({ kind: "analyze", model: MODEL.sha256 });
const never = new AbortController().signal;
setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");
const VIEWS = ["ap", "mortise", "lateral"] as const;
/** Of a job, where everything fails: less than of a real one, so that there are many. */
const IMAGES_A_JOB = 8;

/** A server, a study on it, and workers that are ended with it. */
interface Place extends AsyncDisposable {
  readonly server: TestPostgres;
  readonly study: Study;
  /** Of the study, to open it as a worker does. */
  readonly folder: string;
  start(options: Omit<TestWorkerOptions, "topic">): TestWorker;
}

interface TestWorker {
  readonly child: ChildProcess;
  readonly news: (TestWorkerNews & { readonly atMs: number })[];
  /** When it has said so. */
  said(news: TestWorkerNews["news"]): Promise<void>;
  /** All memory that it has, in MiB. */
  sizeMiB(): number;
  /** What of it is left when all garbage is collected. */
  liveMiB(): Promise<number>;
}

async function newPlace(
  settings: Readonly<Record<string, string>> = {},
  on: "postgres" | "sqlite" = "postgres",
): Promise<Place> {
  const bin = findPostgres();
  if (bin === null) throw new Error("expected PostgreSQL, got none: apt-get install postgresql");
  const scratch = mkdtempSync(join(tmpdir(), "malleolus-workers-"));
  const server = await startPostgres(bin, {
    max_connections: "400",
    autovacuum: "on",
    ...settings,
  });
  const folder = join(scratch, "study");
  const database = on === "sqlite" ? undefined : await createTestDatabase(server.url, "study");
  await createStudy({ folder, name: "Simulated", passphrase: "correct horse", database });
  const study = await openStudy(folder);
  const workers: TestWorker[] = [];
  return {
    server,
    study,
    folder,
    start(options) {
      const worker = startWorker(folder, { topic: TOPIC, ...options });
      workers.push(worker);
      return worker;
    },
    async [Symbol.asyncDispose]() {
      for (const { child } of workers) child.kill("SIGKILL");
      await closeStudy(study);
      await server.stop();
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}

function startWorker(folder: string, options: TestWorkerOptions): TestWorker {
  const child = spawn(process.execPath, [testWorker, folder, JSON.stringify(options)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const news: TestWorker["news"] = [];
  createInterface({ input: child.stdout }).on("line", (line) =>
    news.push({ ...JSON.parse(line), atMs: performance.now() }),
  );
  return {
    child,
    news,
    async said(wanted) {
      while (!news.some((one) => one.news === wanted) && isAlive(child)) await setTimeout(20);
    },
    sizeMiB() {
      const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
      return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
    },
    async liveMiB() {
      const before = news.length;
      child.kill("SIGUSR2");
      while (isAlive(child)) {
        const told = news.slice(before).find((one) => one.news === "size");
        if (told?.news === "size") return told.liveMiB;
        await setTimeout(20);
      }
      throw new Error("expected a worker that tells its size, got one that has ended");
    },
  };
}

function isAlive({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}

async function ended(workers: readonly TestWorker[]): Promise<void> {
  for (const { child } of workers) if (isAlive(child)) await once(child, "close");
}

function jobs(count: number, prefix = "") {
  const content = { kind: "analyze" as const, model: MODEL.sha256, images: [] };
  return Array.from({ length: count }, (_, i) => ({ key: `${prefix}job ${i}`, content }));
}

/** Simulated radiographs, three an examination, as an import would leave them; returns their hashes. */
async function addRadiographs(study: Study, from: number, count: number): Promise<string[]> {
  const cases = Array.from({ length: Math.ceil(count / 3) }, (_, i) => `case ${from + i}`);
  const at = new Date().toISOString();
  const images = cases.flatMap((id) =>
    VIEWS.map((view) => ({
      sha256: imageId(id, view),
      case_id: id,
      sop_instance_uid: `${id}.${view}`,
      size_bytes: 10,
      facts: JSON.stringify(facts(view)),
    })),
  );
  await study.database.transaction().execute(async (transaction) => {
    const patients = cases.map((id) => ({ id, hospital: "a" }));
    await transaction.insertInto("patients").values(patients).execute();
    const state = "imported" as const;
    const own = cases.map((id) => ({ id, patient_id: id, state }));
    await transaction.insertInto("cases").values(own).execute();
    const stamp = { at, who: "me" };
    const moves = cases.map((id) => ({ case_id: id, to_state: state, why: "", ...stamp }));
    await transaction.insertInto("transitions").values(moves).execute();
    await transaction.insertInto("images").values(images).execute();
    const files = images.map(({ sha256 }) => ({
      source_hash: sha256,
      image_sha256: sha256,
      ...stamp,
    }));
    await transaction.insertInto("import_files").values(files).execute();
  });
  return images.map(({ sha256 }) => sha256);
}

/** All workers at once: how many jobs a second, and how long claims took. */
async function coordination(workers: number, count: number, jobMs: number): Promise<void> {
  await using place = await newPlace();
  const queue = await openQueue(place.study);
  const started = Array.from({ length: workers }, () => place.start({ jobMs, stays: true }));
  for (const one of started) await one.said("ready");
  const serverMs = serverCpuMs(place.server);
  const start = performance.now();
  for (let i = 0; i < count; i += 500) await queue.send(jobs(Math.min(500, count - i), `${i} `));
  while ((await queue.counts()).completed < count) await setTimeout(100);
  const seconds = (performance.now() - start) / 1000;
  const serverUsedMs = serverCpuMs(place.server) - serverMs;
  for (const { child } of started) child.kill("SIGTERM");
  await ended(started);
  const ends = started.flatMap(({ news }) =>
    news.flatMap((one) => (one.news === "ended" ? [one] : [])),
  );
  const workersMs = ends.reduce((sum, { cpuMs }) => sum + cpuMs, 0);
  const claims = ends.flatMap(({ claimsMs }) => claimsMs).toSorted((a, b) => a - b);
  print({
    workers,
    jobs: count,
    jobMs,
    seconds,
    jobsPerSecond: count / seconds,
    cpuMsAJob: { workers: workersMs / count, server: serverUsedMs / count },
    claimMs: {
      median: quantile(claims, 0.5),
      p90: quantile(claims, 0.9),
      p99: quantile(claims, 0.99),
    },
  });
  await queue.close();
}

/** Processor time of the server's processes, those that have ended as well. */
function serverCpuMs(server: TestPostgres): number {
  const [postmaster] = readFileSync(join(folderOf(server), "data", "postmaster.pid"), "utf8").split(
    "\n",
  );
  const fields = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, "utf8");
        // Behind the name in parentheses: the state, the parent; user and system time are the 12th and 13th, those of
        // children that have ended the 14th and 15th.
        return [[name, ...stat.slice(stat.lastIndexOf(")") + 2).split(" ")]];
      } catch {
        return [];
      }
    });
  const ticks = fields.reduce((sum, [name, , parent, ...own]) => {
    const [user, system, ofEnded, systemOfEnded] = own.slice(9, 13).map(Number);
    if (parent === postmaster) return sum + user + system;
    return name === postmaster ? sum + ofEnded + systemOfEnded : sum;
  }, 0);
  return ticks * TICK_MS;
}

function folderOf({ url }: TestPostgres): string {
  return new URL(url.replace("@/", "@socket/")).searchParams.get("host") ?? "";
}

/** Of Linux. */
const TICK_MS = 10;

/** n workers that compute, beside one. */
async function throughput(computeMs: number, count: number): Promise<void> {
  await using place = await newPlace();
  const queue = await openQueue(place.study);
  const cores = availableParallelism();
  let one = Number.NaN;
  for (const workers of [1, 2, 4, 1, 2, 4]) {
    const started = Array.from({ length: workers }, () =>
      place.start({ jobMs: 0, computeMs, stays: true }),
    );
    for (const own of started) await own.said("ready");
    const before = (await queue.counts()).completed;
    const start = performance.now();
    await queue.send(jobs(count, `${start} `));
    while ((await queue.counts()).completed < before + count) await setTimeout(20);
    const rate = (count / (performance.now() - start)) * 1000;
    for (const { child } of started) child.kill("SIGTERM");
    await ended(started);
    if (workers === 1) one = rate;
    print({ workers, jobsPerSecond: rate, share: rate / (one * Math.min(workers, cores)) });
  }
  await queue.close();
}

/** Workers are killed with a job in hand, all at once, while as many others have none: how soon each job is taken again. */
async function taken(workers: number, rounds: number): Promise<void> {
  for (const on of ["sqlite", "postgres"] as const) {
    await using place = await newPlace({}, on);
    const queue = await openQueue(place.study);
    const waits: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const victims = Array.from({ length: workers }, () =>
        place.start({ jobMs: 600_000, stays: true }),
      );
      for (const one of victims) await one.said("ready");
      await queue.send(jobs(workers, `${round} `));
      for (const one of victims) await one.said("claimed");
      const others = victims.map(() => place.start({ jobMs: 0, stays: true }));
      for (const one of others) await one.said("ready");
      // Within the lease, anywhere between two signs of life.
      await setTimeout(4000);
      const atMs = performance.now();
      for (const { child } of victims) child.kill("SIGKILL");
      while ((await queue.counts()).active + (await queue.counts()).waiting > 0) {
        await setTimeout(100);
      }
      const claims = others.flatMap(({ news }) => news.filter((one) => one.news === "claimed"));
      waits.push(...claims.map((one) => (one.atMs - atMs) / 1000));
      for (const { child } of others) child.kill("SIGTERM");
      await ended(others);
    }
    waits.sort((a, b) => a - b);
    assert.equal(waits.length, workers * rounds);
    print({
      on,
      killed: waits.length,
      takenAgainSeconds: { median: quantile(waits, 0.5), most: waits.at(-1) },
    });
    await queue.close();
  }
}

/** A way to the server that can be cut. */
async function openWay(socketFolder: string, port: number) {
  const path = (number: number) => join(socketFolder, `.s.PGSQL.${number}`);
  const open = new Set<Socket>();
  let isCut = false;
  const server = createServer((near) => {
    if (isCut) {
      near.destroy();
      return;
    }
    const far = createConnection(path(5432));
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ]) {
      open.add(socket);
      socket.on("error", () => other.destroy());
      socket.on("close", () => {
        open.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  });
  server.listen(path(port));
  await once(server, "listening");
  return {
    async cut(ms: number) {
      isCut = true;
      for (const socket of open) socket.destroy();
      await setTimeout(ms);
      isCut = false;
    },
    close: () => server.close(),
  };
}

/** Of the faults, each so-manieth is a restart of PostgreSQL, in turn as an operator does it and at once. */
const RESTART_EVERY = 8;

/** Everything that fails, by a seed, while radiographs are looked at. */
async function faults(seed: number, kills: number): Promise<void> {
  await using place = await newPlace({ synchronous_commit: "on" });
  const { server, study } = place;
  const queue = await openQueue(study);
  const random = randomStreams(seed, 0)("order", 0);
  const below = (limit: number) => Math.floor(random() * limit);
  // Enough that work is there to the end.
  const images = Math.ceil((kills * 8 * IMAGES_A_JOB) / 3) * 3;
  const model = { ...MODEL, at: new Date().toISOString(), who: "me" };
  await study.database.insertInto("models").values(model).execute();
  for (let sent = 0; sent < images; ) {
    const some = await addRadiographs(study, sent / 3, Math.min(1200, images - sent));
    const all = Array.from({ length: Math.ceil(some.length / IMAGES_A_JOB) }, (_, i) => ({
      key: `job ${sent}-${i}`,
      content: {
        kind: "analyze" as const,
        model: MODEL.sha256,
        images: some.slice(i * IMAGES_A_JOB, (i + 1) * IMAGES_A_JOB),
      },
    }));
    await queue.send(all);
    sent += some.length;
  }
  const way = await openWay(folderOf(server), 5433);
  const options = () => ({
    jobMs: 300 + below(1500),
    stays: true,
    // An hour ahead, an hour behind, or right.
    clockMs: (below(3) - 1) * 3_600_000,
    database: `${study.configuration.storage.database}&port=5433`,
  });
  const all: TestWorker[] = [];
  const start = () => {
    const worker = place.start(options());
    all.push(worker);
    return worker;
  };
  const running = Array.from({ length: 6 }, start);
  for (const one of running) await one.said("ready");
  const killed: (JobInHand & { readonly atMs: number })[] = [];
  const stopped: TestWorker[] = [];
  const done = { kills: 0, stops: 0, restarts: 0, cuts: 0 };
  for (let faults = 1; done.kills < kills; faults++) {
    await setTimeout(200 + below(1200));
    // One that began while the server was away has given up, and is started again, as an operator's tools do.
    for (const [i, { child }] of running.entries()) if (!isAlive(child)) running[i] = start();
    const i = below(running.length);
    const victim = running[i];
    // Else, on a busy machine, all would be killed while they begin, and nobody would work.
    await victim.said("ready");
    const what = below(100);
    if (faults % RESTART_EVERY === 0) {
      await server.restart(done.restarts % 2 === 0 ? "fast" : "immediate");
      done.restarts++;
    } else if (what < 6) {
      // Longer than the lease: its job goes to another, and its word comes late.
      victim.child.kill("SIGSTOP");
      stopped.push(victim);
      void setTimeout(25_000).then(() => victim.child.kill("SIGCONT"));
      running[i] = start();
      done.stops++;
    } else if (what < 10) {
      await way.cut(500 + below(4000));
      done.cuts++;
    } else {
      victim.child.kill("SIGKILL");
      const atMs = performance.now();
      const job = inHand(victim);
      if (job !== null) killed.push({ ...job, atMs });
      running[i] = start();
      done.kills++;
    }
  }
  const drained = async () => {
    for (;;) {
      try {
        const { waiting, active } = await queue.counts();
        if (waiting + active === 0) return;
      } catch {
        // It starts again.
      }
      await setTimeout(500);
    }
  };
  await drained();
  for (const { child } of [...running, ...stopped]) {
    child.kill("SIGCONT");
    child.kill("SIGTERM");
  }
  await ended([...running, ...stopped]);
  way.close();
  const rows = await study.database
    .selectFrom("analyses")
    .select(["image_sha256", "who"])
    .execute();
  const counts = await queue.counts();
  const claims = all.flatMap(({ news }) => news.filter((one) => one.news === "claimed"));
  const again = killed.flatMap(({ key, attempt, atMs }) => {
    const later = claims.filter((one) => one.key === key && one.attempt > attempt);
    if (later.length === 0) return [];
    const next = later.reduce((a, b) => (a.attempt < b.attempt ? a : b));
    // An attempt that nobody tells of: its worker was killed, or its answer cut off, before it could.
    return [{ seconds: (next.atMs - atMs) / 1000, untold: next.attempt - attempt - 1 }];
  });
  const secondsOf = (own: readonly { readonly seconds: number }[]) => {
    const seconds = own.map((one) => one.seconds).toSorted((a, b) => a - b);
    return { jobs: own.length, median: quantile(seconds, 0.5), most: seconds.at(-1) };
  };
  const late = all.flatMap(({ news }) => news.filter((one) => one.news === "lost")).length;
  print({
    seed,
    ...done,
    images,
    jobs: counts,
    analyses: rows.length,
    distinct: new Set(rows.map(({ image_sha256 }) => image_sha256)).size,
    lateRefused: late,
    killedWithJob: killed.length,
    takenAgainSeconds: {
      atOnce: secondsOf(again.filter(({ untold }) => untold === 0)),
      lostAgainBefore: secondsOf(again.filter(({ untold }) => untold > 0)),
    },
  });
  assert.equal(rows.length, images, "every radiograph once");
  assert.equal(counts.dead, 0);
  await queue.close();
}

interface JobInHand {
  readonly key: string;
  readonly attempt: number;
}

/** The job that a worker has; null where it has none, or has told of none. */
function inHand({ news }: TestWorker): JobInHand | null {
  const last = news.findLast(({ news: what }) => what !== "ready");
  return last?.news === "claimed" ? last : null;
}

/** Of a phase of `many`, by how many radiographs were through: what a process has in use, in MiB. */
type Sizes = (readonly [count: number, sizeMiB: number])[];

/**
 * As many radiographs as asked for come in and are looked at; by tenths, how fast, and how large everybody is: all that
 * they have, and what is left of it when all garbage is collected, by which growth is told.
 */
async function many(radiographs: number, workers: number): Promise<void> {
  await using place = await newPlace();
  const { study } = place;
  const tenth = Math.ceil(radiographs / 10 / 3) * 3;
  const all = tenth * 10;
  const recorded: Sizes = [];
  let spent = costs(place, all);
  let start = performance.now();
  for (let i = 0; i < 10; i++) {
    for (let at = 0; at < tenth; at += 300) {
      await addRadiographs(study, (i * tenth + at) / 3, Math.min(300, tenth - at));
    }
    const rate = (tenth / (performance.now() - start)) * 1000;
    recorded.push([(i + 1) * tenth, liveMiB()]);
    print({ recorded: (i + 1) * tenth, perSecond: rate, ...ownMiB() });
    start = performance.now();
  }
  print({ phase: "recording", growthMiBA100000: growth(recorded), aRadiograph: spent() });

  // All of them wait at once: there is nobody yet who takes one.
  const queue = await openQueue(study, { mostWaiting: Math.ceil(all / 32) + 1 });
  const sentSizes: Sizes = [];
  let count = 0;
  const watched: JobQueue = {
    ...queue,
    async send(jobs) {
      const added = await queue.send(jobs);
      count += jobs.reduce((sum, job) => sum + imagesOf(job).length, 0);
      if (count >= ((sentSizes.length + 1) * all) / 10) {
        const perSecond = (tenth / (performance.now() - start)) * 1000;
        sentSizes.push([count, liveMiB()]);
        print({ sent: count, perSecond, ...ownMiB() });
        start = performance.now();
      }
      return added;
    },
  };
  spent = costs(place, all);
  start = performance.now();
  const sent = await sendAnalyses(study, watched, MODEL, "me", { stop: never });
  print({
    phase: "sending",
    ...{ ...sent, growthMiBA100000: growth(sentSizes) },
    aRadiograph: spent(),
  });

  spent = costs(place, all);
  const started = Array.from({ length: workers }, () => place.start({ jobMs: 0, stays: true }));
  for (const one of started) await one.said("ready");
  const kept: Sizes = [];
  const ofWorkers = started.map((): Sizes => []);
  for (let i = 0; i < 10; i++) {
    const wanted = Math.ceil((sent.jobs * (i + 1)) / 10);
    const before = (await queue.counts()).completed;
    start = performance.now();
    let completed = before;
    while (completed < wanted) {
      await setTimeout(500);
      completed = (await queue.counts()).completed;
      // What they have said is nothing of a sender's.
      for (const { news } of started) news.length = 0;
    }
    const seconds = (performance.now() - start) / 1000;
    const done = (completed / sent.jobs) * sent.open;
    kept.push([done, liveMiB()]);
    const workersMiB = started.map((one) => one.sizeMiB());
    for (const [k, one] of started.entries()) ofWorkers[k].push([done, await one.liveMiB()]);
    print({
      kept: done,
      perSecond: (((completed - before) / sent.jobs) * sent.open) / seconds,
      workersMiB,
      workersLiveMiB: ofWorkers.map((own) => own[own.length - 1][1]),
      ...ownMiB(),
    });
  }
  const aRadiograph = spent();
  for (const { child } of started) child.kill("SIGTERM");
  await ended(started);
  const workersMs = started
    .flatMap(({ news }) => news.flatMap((one) => (one.news === "ended" ? [one.cpuMs] : [])))
    .reduce((sum, ms) => sum + ms, 0);
  print({
    phase: "keeping",
    growthMiBA100000: { own: growth(kept), workers: ofWorkers.map(growth) },
    aRadiograph: { ...aRadiograph, workersMs: workersMs / all },
  });
  const rows = await study.database
    .selectFrom("analyses")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  assert.equal(rows.count, all);
  await queue.close();
}

/** From now on, of each radiograph: processor time of this process and of the server, and what the database grows by. */
function costs({ server }: Place, radiographs: number) {
  const cpu = process.cpuUsage();
  const [serverMs, bytes] = [serverCpuMs(server), databaseBytes(server)];
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return {
      ownMs: (user + system) / 1000 / radiographs,
      serverMs: (serverCpuMs(server) - serverMs) / radiographs,
      bytes: (databaseBytes(server) - bytes) / radiographs,
    };
  };
}

function databaseBytes(server: TestPostgres): number {
  const base = join(folderOf(server), "data", "base");
  const names = readdirSync(base, { encoding: "utf8", recursive: true });
  // The server may remove a file between the two.
  return names
    .map((name) => statSync(join(base, name), { throwIfNoEntry: false })?.size ?? 0)
    .reduce((sum, size) => sum + size, 0);
}

/** What 100,000 more add, by least squares over the tenths from the third on, when caches are full. */
function growth(sizes: Sizes): number {
  const late = sizes.slice(2);
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const [counts, mibs] = [0, 1].map((i) => late.map((one) => one[i]));
  const [count, mib] = [mean(counts), mean(mibs)];
  const both = late.reduce((sum, [x, y]) => sum + (x - count) * (y - mib), 0);
  return (both / late.reduce((sum, [x]) => sum + (x - count) ** 2, 0)) * 100_000;
}

function ownMiB() {
  return { ownMiB: process.memoryUsage.rss() / 2 ** 20, liveMiB: liveMiB() };
}

function liveMiB(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 2 ** 20;
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

function print(row: object): void {
  const load = Number(loadavg()[0].toFixed(1));
  const rounded = JSON.stringify({ ...row, load }, (_, value) =>
    typeof value === "number" ? Number(value.toPrecision(4)) : value,
  );
  process.stdout.write(`${rounded}\n`);
}

const QUESTIONS: Readonly<Record<string, (...numbers: number[]) => Promise<void>>> = {
  coordination: (workers = 50, count = 5000, jobMs = 0) => coordination(workers, count, jobMs),
  throughput: (ms = 200, count = 120) => throughput(ms, count),
  taken: (workers = 8, rounds = 2) => taken(workers, rounds),
  faults: (seed = 1, kills = 100) => faults(seed, kills),
  many: (radiographs = 100_000, workers = 2) => many(radiographs, workers),
};

const [question, ...numbers] = process.argv.slice(2);
const ask = QUESTIONS[question ?? ""];
if (ask === undefined) {
  throw new Error(
    `expected a question (${Object.keys(QUESTIONS).join(", ")}), got ${question ?? "none"}`,
  );
}
await ask(...numbers.map(Number));
