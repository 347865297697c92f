/** A server that is killed amid saves: whatever it acknowledged is there, and nothing is half there. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { test } from "node:test";
import { savedDraftSchema, worklistSchema } from "@malleolus/schema";
import { closeStudy, openStudy } from "@malleolus/studies";
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
    await new Promise((resolve) => setTimeout(resolve, 300 + Math.random() * 300));
    isKilled = true;
    child.kill("SIGKILL");
    await once(child, "close");
    await Promise.all(savers);
    const opened = await openStudy(study.folder);
    const rows = await opened.database
      .selectFrom("reading_drafts")
      .select(["person", "version", "content"])
      .execute();
    await closeStudy(opened);
    const saved = rows.map(({ version }) => version).toSorted((a, b) => a - b);
    for (const { content, version } of rows) {
      assert.ok(content.includes(`version ${version}`), `${content} as version ${version}`);
    }
    const least = drafts.map(({ acknowledged }) => acknowledged).toSorted((a, b) => a - b);
    assert.ok(
      saved.length === drafts.length && saved.every((version, i) => version >= least[i]),
      `acknowledged ${least.join(" ")}, saved ${saved.join(" ")}`,
    );
    ({ child, address } = await start(study.folder));
  }
  assert.ok(
    drafts.every(({ acknowledged }) => acknowledged > KILLS),
    "hardly anything was saved",
  );
  child.kill("SIGTERM");
  const [code] = await once(child, "close");
  assert.equal(code, 0);
});
