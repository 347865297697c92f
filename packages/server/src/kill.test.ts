/** A server that is killed amid saves: whatever it acknowledged is there, and nothing is half there. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { test } from "node:test";
import { caseSchema, savedDraftSchema, worklistSchema } from "@malleolus/schema";
import { OBSERVERS, studyWithPeople } from "@malleolus/studies/test-people";
import { addReadableCases, signedIn } from "./test-room.ts";
import { serverProcess } from "./test-server-process.ts";

const KILLS = 5;
const CASES = 4;

interface Draft {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The last version that the server said is saved. */
  acknowledged: number;
}

async function start(folder: string): Promise<{ child: ChildProcess; address: string }> {
  const child = spawn(process.execPath, [serverProcess, folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (child.stdout === null) throw new Error("internal: no output to read");
  const ended = once(child, "close").then(([code]) => {
    throw new Error(`internal: the server ended with ${code} before it said its address`);
  });
  const [line] = await Promise.race([once(child.stdout, "data"), ended]);
  ended.catch(() => undefined);
  return { child, address: String(line).trim() };
}

/** Saves one version after the other until the server is gone. */
async function saveOn(address: string, draft: Draft, isKilled: () => boolean): Promise<void> {
  while (!isKilled()) {
    const version = draft.acknowledged;
    const content = { note: `version ${version + 1}` };
    try {
      const answer = await fetch(`${address}${draft.url}/draft`, {
        method: "PUT",
        headers: draft.headers,
        body: JSON.stringify({ requestId: randomUUID(), version, content }),
      });
      if (answer.status === 409) {
        // The last save before a kill was on the disk, and its answer never came.
        draft.acknowledged++;
        continue;
      }
      assert.equal(answer.status, 200);
      draft.acknowledged = savedDraftSchema.parse(await answer.json()).version;
    } catch (error) {
      if (isKilled()) return;
      throw error;
    }
  }
}

/** Until so many more saves were acknowledged. */
async function untilSaved(drafts: readonly Draft[], more: number): Promise<void> {
  const sum = () => drafts.reduce((total, { acknowledged }) => total + acknowledged, 0);
  const enough = sum() + more;
  while (sum() < enough) await new Promise((resolve) => setTimeout(resolve, 10));
}

test("server: killed amid saves, it has lost nothing that it acknowledged", async (context) => {
  const study = await studyWithPeople(context);
  await addReadableCases(
    study,
    Array.from({ length: CASES }, (_, index) => `case-${index}`),
  );
  const drafts: Draft[] = [];
  for (const person of OBSERVERS) {
    const headers = await signedIn(study, person);
    const positions = await study.database
      .selectFrom("tasks")
      .select("position")
      .where("person", "=", person)
      .execute();
    assert.equal(positions.length, CASES);
    drafts.push(...positions.map(() => ({ url: "", headers, acknowledged: 0 })));
  }
  let { child, address } = await start(study.folder);
  for (const [index, draft] of drafts.entries()) {
    const answer = await fetch(`${address}/api/worklist?queue=curation`, {
      headers: draft.headers,
    });
    const { entries } = worklistSchema.parse(await answer.json());
    drafts[index] = { ...draft, url: `/api/cases/${entries[index % CASES].code}` };
  }
  for (let kill = 0; kill < KILLS; kill++) {
    let isKilled = false;
    const savers = drafts.map((draft) => saveOn(address, draft, () => isKilled));
    await untilSaved(drafts, drafts.length);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 300));
    isKilled = true;
    child.kill("SIGKILL");
    await once(child, "close");
    await Promise.all(savers);
    ({ child, address } = await start(study.folder));
    for (const { url, headers, acknowledged } of drafts) {
      const answer = await fetch(`${address}${url}`, { headers });
      const { draft } = caseSchema.parse(await answer.json());
      const version = draft?.version ?? 0;
      assert.ok(version >= acknowledged, `acknowledged ${acknowledged}, saved ${version}`);
      if (version > 0) assert.equal(draft?.content.note, `version ${version}`);
    }
  }
  child.kill("SIGTERM");
  const [code] = await once(child, "close");
  assert.equal(code, 0);
});
