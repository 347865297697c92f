/**
 * Readers who save one version of a draft after the other, to a server that is killed meanwhile, and what must
 * be left of it: for the tests of what is kept.
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { caseSchema, failureSchema, savedDraftSchema, worklistSchema } from "@malleolus/schema";
import { closeStudy, createRound, openStudy, type Study } from "@malleolus/studies";
import { studyWithPeople } from "@malleolus/studies/test-people";
import { addReadableCases, signedIn } from "./test-room.ts";
import { serverProcess } from "./test-server-process.ts";

interface TestContext {
  after(cleanUp: () => void | Promise<void>): void;
}

export interface Draft {
  readonly reader: Readonly<Record<string, string>>;
  readonly code: string;
  /** The last version that the server said is saved. */
  acknowledged: number;
  /** Whether a save was sent whose answer has not come. */
  isPending: boolean;
  /** Answers that said why it is not saved. */
  refused: number;
}

export interface Running {
  readonly child: ChildProcess;
  readonly address: string;
  /** What it has said to standard error so far. */
  readonly log: () => string;
}

/** How saves may be refused where the disk is full: in words, and to be tried again. */
const REFUSAL = /^Not saved: the server's (disk is full|database cannot be written)\. /;

/** A server in a process of its own, which ends with the test at the latest. */
export async function startProcess(context: TestContext, folder: string): Promise<Running> {
  const child = spawn(process.execPath, [serverProcess, folder], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  context.after(() => void child.kill("SIGKILL"));
  const log: string[] = [];
  child.stderr?.on("data", (part) => log.push(String(part)));
  if (child.stdout === null) throw new Error("internal: no output to read");
  const ended = once(child, "close").then(([code]) => {
    throw new Error(
      `internal: the server ended with ${code} before it said its address\n${log.join("")}`,
    );
  });
  const [line] = await Promise.race([once(child.stdout, "data"), ended]);
  ended.catch(() => undefined);
  return { child, address: String(line).trim(), log: () => log.join("") };
}

/** A study with so many readers in a round, and a draft of each one's first case: nothing is saved of them yet. */
export async function studyWithDrafts(
  context: TestContext,
  readers: number,
): Promise<{ readonly study: Study; readonly drafts: Draft[] }> {
  const small = await studyWithPeople(context);
  // While it has its three observers, to whom they are assigned.
  await addReadableCases(small, ["case-1", "case-2", "case-3"]);
  const { folder } = small;
  const people = Array.from({ length: readers }, (_, index) => `reader-${index}`);
  const told = people.map(
    (id) => `[[observers]]\nid = "${id}"\nname = "${id}"\nroles = ["observer"]\n`,
  );
  appendFileSync(join(folder, "malleolus.toml"), `\n${told.join("\n")}`);
  const study = await openStudy(folder);
  context.after(() => closeStudy(study));
  const round = { name: "Round", people, repeatShare: 0, washoutDays: 0, seed: 1 };
  await createRound(study, round, { who: "test", at: new Date().toISOString() });
  const { child, address } = await startProcess(context, folder);
  const drafts: Draft[] = [];
  for (const person of people) {
    const reader = await signedIn(study, person);
    const answer = await fetch(`${address}/api/worklist?queue=round-1&limit=1`, {
      headers: reader,
    });
    const { entries } = worklistSchema.parse(await answer.json());
    drafts.push({ reader, code: entries[0].code, acknowledged: 0, isPending: false, refused: 0 });
  }
  child.kill("SIGTERM");
  await once(child, "close");
  return { study, drafts };
}

/** Each saves so long after its last save, until the server is killed. */
export function saveAll(
  context: TestContext,
  address: string,
  drafts: readonly Draft[],
  pauseMs: number,
) {
  let isKilled = false;
  let failure: unknown;
  context.after(() => {
    isKilled = true;
  });
  const saving = drafts.map(async (draft) => {
    while (!isKilled) {
      const begun = performance.now();
      await saveNext(address, draft, () => isKilled);
      await wait(Math.max(0, pauseMs - (performance.now() - begun)));
    }
  });
  for (const one of saving) {
    one.catch((error: unknown) => {
      failure ??= error;
    });
  }
  return {
    /** Until each has so many more of these answers. */
    async untilEach(what: "acknowledged" | "refused", more: number): Promise<void> {
      const enough = drafts.map((draft) => draft[what] + more);
      const end = Date.now() + 60_000;
      while (drafts.some((draft, index) => draft[what] < enough[index])) {
        if (failure !== undefined) throw failure;
        assert.ok(Date.now() < end, `saves that are ${what} come no more`);
        await wait(10);
      }
    },
    async kill(child: ChildProcess): Promise<void> {
      isKilled = true;
      child.kill("SIGKILL");
      await once(child, "close");
      await Promise.all(saving);
    },
  };
}

async function saveNext(address: string, draft: Draft, isKilled: () => boolean): Promise<void> {
  const content = { note: noteOf(draft.acknowledged + 1) };
  draft.isPending = true;
  let answer: Response;
  try {
    answer = await fetch(`${address}/api/cases/${draft.code}/draft`, {
      method: "PUT",
      headers: draft.reader,
      body: JSON.stringify({ requestId: randomUUID(), version: draft.acknowledged, content }),
    });
    // An answer counts when all of it has come.
    const told: unknown = await answer.json();
    if (answer.status === 200) {
      draft.acknowledged = savedDraftSchema.parse(told).version;
    } else {
      const { code, message } = failureSchema.parse(told);
      assert.deepEqual([answer.status, code], [503, "unavailable"], message);
      assert.match(message, REFUSAL);
      draft.refused++;
    }
    draft.isPending = false;
  } catch (error) {
    if (!isKilled() || error instanceof assert.AssertionError) throw error;
  }
}

/**
 * What a server that was started again has: every version that was acknowledged, and none that was refused. A
 * save whose answer never came may be there.
 */
export async function assertKept(address: string, drafts: readonly Draft[]): Promise<void> {
  for (const draft of drafts) {
    const answer = await fetch(`${address}/api/cases/${draft.code}`, { headers: draft.reader });
    const kept = caseSchema.parse(await answer.json()).draft;
    const version = kept?.version ?? 0;
    const most = draft.acknowledged + (draft.isPending ? 1 : 0);
    assert.ok(
      draft.acknowledged <= version && version <= most,
      `acknowledged ${draft.acknowledged}, ${draft.isPending ? "one more sent, " : ""}kept ${version}`,
    );
    if (kept !== null) assert.equal(kept.content.note, noteOf(version));
    draft.acknowledged = version;
    draft.isPending = false;
  }
}

/** Every version that is kept has its entry in the audit log, and no entry is of another. */
export async function assertAudited({ database }: Study, drafts: readonly Draft[]): Promise<void> {
  const rows = await database
    .selectFrom("audit")
    .select(["what", ({ fn }) => fn.countAll<number>().as("count")])
    .where("action", "=", "save draft")
    .where("status", "=", 200)
    .groupBy("what")
    .execute();
  assert.deepEqual(
    new Map(rows.map(({ what, count }) => [what, count])),
    new Map(drafts.map(({ code, acknowledged }) => [code, acknowledged])),
  );
}

/** Long enough to fill a disk with. */
function noteOf(version: number): string {
  return `version ${version} ${"as seen ".repeat(20)}`;
}
