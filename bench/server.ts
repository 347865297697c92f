/**
 * What a save costs while fifty readers read: each saves a draft 150 ms after the last, over real
 * connections, to `malleolus serve` in a process of its own. It has no peer. A run is a second; a save is
 * answered when the disk has it, together with its entry of the audit log.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CSRF_HEADER, invitationSchema, sessionSchema, worklistSchema } from "@malleolus/schema";
import { closeStudy, createRound, createStudy, openStudy } from "@malleolus/studies";
import type { Bench } from "./bench.ts";
import type { Row } from "./measure.ts";

const READERS = 50;
const PAUSE_MS = 150;
const CASES = 200;
const PASSWORD = "a password of the bench";
const program = fileURLToPath(new URL("../packages/cli/src/main.ts", import.meta.url));

export const server: Bench = {
  name: "server",
  peerModules: [],
  defaultRuns: 20,
  async run({ runs, progress }) {
    const folder = mkdtempSync(join(tmpdir(), "malleolus-bench-server-"));
    let child: ChildProcess | undefined;
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
      const readers = await signUp(address, setupLink);
      progress(`${runs} seconds of saves`);
      await load(address, readers, 2);
      return rowsOf(await load(address, readers, runs), runs);
    } finally {
      child?.kill("SIGTERM");
      if (child !== undefined && child.exitCode === null) await once(child, "close");
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

interface Reader {
  readonly headers: Readonly<Record<string, string>>;
  readonly code: string;
  version: number;
}

async function writeStudy(folder: string): Promise<void> {
  await createStudy({ folder, name: "Bench", passphrase: "bench" });
  const people = Array.from(
    { length: READERS },
    (_, n) => `[[observers]]\nid = "reader-${n}"\nname = "Reader ${n}"\nroles = ["observer"]\n`,
  );
  appendFileSync(join(folder, "malleolus.toml"), `\n${people.join("\n")}`);
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
      people: Array.from({ length: READERS }, (_, n) => `reader-${n}`),
      repeatShare: 0,
      washoutDays: 0,
      seed: 1,
    },
    { who: "bench", at: new Date().toISOString() },
  );
  await closeStudy(study);
}

async function signUp(address: string, setupLink: string): Promise<Reader[]> {
  const post = async (path: string, body: object, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${address}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  };
  const headersOf = async (answer: Response) => {
    const session = sessionSchema.parse(await answer.json());
    const [cookie] = answer.headers.getSetCookie()[0]?.split(";") ?? [""];
    const csrf = session.state === "signed in" ? session.csrf : "";
    return { cookie, [CSRF_HEADER]: csrf, "content-type": "application/json" };
  };
  const token = setupLink.split("#")[1] ?? "";
  const administrator = await headersOf(
    await post("/api/setup", { token, login: "admin", name: "Admin", password: PASSWORD }),
  );
  const readers: Reader[] = [];
  for (let n = 0; n < READERS; n++) {
    const invited = await post("/api/invitations", { person: `reader-${n}` }, administrator);
    const { path } = invitationSchema.parse(await invited.json());
    const body = { token: path.split("#")[1], login: `reader-${n}`, password: PASSWORD };
    const headers = await headersOf(await joinSlowly(() => post("/api/join", body)));
    const list = await fetch(`${address}/api/worklist?queue=round-1&limit=1`, { headers });
    const { entries } = worklistSchema.parse(await list.json());
    readers.push({ headers, code: entries[0].code, version: 0 });
  }
  return readers;
}

/** From one address only so many may join in a minute. */
async function joinSlowly(join: () => Promise<Response>): Promise<Response> {
  for (;;) {
    try {
      return await join();
    } catch (error) {
      if (!String(error).includes("429")) throw error;
      await new Promise((resolve) => setTimeout(resolve, 5_000));
    }
  }
}

/** Milliseconds of every save. */
async function load(address: string, readers: readonly Reader[], seconds: number) {
  const times: number[] = [];
  const end = performance.now() + seconds * 1000;
  await Promise.all(
    readers.map(async (reader, n) => {
      await pause((n / readers.length) * PAUSE_MS);
      while (performance.now() < end) {
        const begun = performance.now();
        const answer = await fetch(`${address}/api/cases/${reader.code}/draft`, {
          method: "PUT",
          headers: reader.headers,
          body: JSON.stringify({
            requestId: randomUUID(),
            version: reader.version,
            content: { decision: { kind: "class", id: "weber_b" }, certainty: 3, note: "as seen" },
          }),
        });
        if (!answer.ok) throw new Error(`a save: ${answer.status} ${await answer.text()}`);
        await answer.arrayBuffer();
        reader.version++;
        times.push(performance.now() - begun);
        await pause(Math.max(0, PAUSE_MS - (performance.now() - begun)));
      }
    }),
  );
  return times.toSorted((a, b) => a - b);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function rowsOf(times: readonly number[], seconds: number): Row[] {
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))];
  return [0.5, 0.95, 0.99].map((share) => ({
    case: `a save, percentile ${share * 100}, ${READERS} readers`,
    oursMs: at(share),
    peerMs: null,
    ratio: null,
    peer: null,
    oursRangeMs: [times[0], at(1)],
    peerRangeMs: null,
    note: `${times.length} saves, ${(times.length / seconds).toFixed(0)} a second`,
  }));
}
