/**
 * What a save costs while fifty readers read: each saves a draft 150 ms after the last, over real
 * connections, to `malleolus serve` in a process of its own; first with the machine to themselves, then beside
 * a process that trains, at the priority that `malleolus train` has, and beside ten predictions at once, each of a patient
 * of three radiographs. It has no peer. A run is a second; a save is answered when the disk has it, together
 * with its entry of the audit log.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type SimulatedReader,
  saveOften,
  signUpReaders,
} from "@malleolus/server/simulated-readers";
import { closeStudy, createRound, createStudy, openStudy } from "@malleolus/studies";
import type { Bench } from "./bench.ts";
import type { Row } from "./measure.ts";
import { predictOften } from "./predict-often.ts";

const READERS = 50;
const PAUSE_MS = 150;
const CASES = 200;
const PREDICTIONS = 10;
const people = Array.from({ length: READERS }, (_, n) => `reader-${n}`);
const benches = fileURLToPath(new URL("main.ts", import.meta.url));
const program = fileURLToPath(new URL("../packages/cli/src/main.ts", import.meta.url));

export const server: Bench = {
  name: "server",
  peerModules: [],
  defaultRuns: 20,
  async run({ runs, progress }) {
    const folder = mkdtempSync(join(tmpdir(), "malleolus-bench-server-"));
    let child: ChildProcess | undefined;
    let training: ChildProcess | undefined;
    try {
      progress(`a round of ${CASES} cases for ${READERS} readers`);
      await writeStudy(join(folder, "study"));
      const args = [program, "serve", join(folder, "study"), "--port", "0", "--json"];
      child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "ignore"] });
      if (child.stdout === null) throw new Error("internal: no output to read");
      const [line] = await once(child.stdout, "data");
      const started: { address: string; setupLink: string } = JSON.parse(String(line));
      const { address, setupLink } = started;
      progress("their accounts");
      const readers = await signUpReaders(address, setupLink, people);
      await saveOften(address, readers, { seconds: 2, pauseMs: PAUSE_MS });
      progress(`${runs} seconds of saves`);
      const alone = await timeSaves(address, readers, runs, "alone");
      progress("a training beside them");
      training = await startTraining();
      progress(`${runs} seconds of saves`);
      const beside = await timeSaves(address, readers, runs, "beside a training");
      training.kill("SIGKILL");
      await once(training, "close");
      progress(`${PREDICTIONS} predictions beside them`);
      const predicting = await predictOften(address, PREDICTIONS);
      progress(`${runs} seconds of saves`);
      const rows = await timeSaves(address, readers, runs, `beside ${PREDICTIONS} predictions`);
      const done = await predicting.end();
      const note = `${rows[0].note}; ${done} predictions ended meanwhile`;
      return [...alone, ...beside, ...rows.map((row) => ({ ...row, note }))];
    } finally {
      training?.kill("SIGKILL");
      child?.kill("SIGTERM");
      if (child !== undefined && child.exitCode === null) await once(child, "close");
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function writeStudy(folder: string): Promise<void> {
  await createStudy({ folder, name: "Bench", passphrase: "bench" });
  const told = people.map(
    (id) => `[[observers]]\nid = "${id}"\nname = "${id}"\nroles = ["observer"]\n`,
  );
  appendFileSync(join(folder, "malleolus.toml"), `\n${told.join("\n")}`);
  const study = await openStudy(folder);
  await study.database.insertInto("patients").values({ id: "p", hospital: "a" }).execute();
  await study.database
    .insertInto("cases")
    .values(
      Array.from({ length: CASES }, (_, n) => ({
        id: `case-${n}`,
        patient_id: "p",
        state: "candidate fracture" as const,
      })),
    )
    .execute();
  await createRound(
    study,
    {
      name: "Bench",
      people,
      repeatShare: 0,
      washoutDays: 0,
      seed: 1,
    },
    { who: "bench", at: new Date().toISOString() },
  );
  await closeStudy(study);
}

/** Steps of training, one after the other until it is killed; returns when the first are made. */
async function startTraining(): Promise<ChildProcess> {
  const args = [benches, "training-step", "--alone", "--behind", "--runs", "100000"];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
  if (child.stderr === null) throw new Error("internal: no output to read");
  const ended = once(child, "close").then(([code]) => {
    throw new Error(`internal: the training ended with ${code}`);
  });
  ended.catch(() => undefined);
  let said = "";
  while (!said.includes("measuring")) {
    const [part] = await Promise.race([once(child.stderr, "data"), ended]);
    said += String(part);
  }
  child.stderr.resume();
  return child;
}

async function timeSaves(
  address: string,
  readers: readonly SimulatedReader[],
  seconds: number,
  where: string,
): Promise<Row[]> {
  const before = process.cpuUsage();
  const times = await saveOften(address, readers, { seconds, pauseMs: PAUSE_MS });
  const { user, system } = process.cpuUsage(before);
  const note =
    `${times.length} saves, ${(times.length / seconds).toFixed(0)} a second; ` +
    `the readers took ${((user + system) / seconds / 1e4).toFixed(0)} % of a core`;
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))];
  return [0.5, 0.95, 0.99].map((share) => ({
    case: `a save, percentile ${share * 100}, ${READERS} readers, ${where}`,
    oursMs: at(share),
    peerMs: null,
    ratio: null,
    peer: null,
    oursRangeMs: [times[0], at(1)],
    peerRangeMs: null,
    note,
  }));
}
