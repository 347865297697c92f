/**
 * A server that is killed amid the load of fifty readers: whatever it acknowledged is there, and nothing is half
 * there. `MALLEOLUS_KILLS=50` kills it so often.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import {
  assertAudited,
  assertKept,
  saveAll,
  startProcess,
  studyWithDrafts,
} from "./test-savers.ts";

const KILLS = Number(process.env.MALLEOLUS_KILLS ?? 5);
/** As the bench's. */
const READERS = 50;
const PAUSE_MS = 150;

test(`server: killed ${KILLS} times amid saves, it has lost nothing that it acknowledged`, async (context) => {
  const { study, drafts } = await studyWithDrafts(context, READERS);
  let { child, address } = await startProcess(context, study.folder);
  for (let kill = 0; kill < KILLS; kill++) {
    const saves = saveAll(context, address, drafts, PAUSE_MS);
    await saves.untilEach("acknowledged", 1);
    await wait(Math.random() * 300);
    await saves.kill(child);
    ({ child, address } = await startProcess(context, study.folder));
    await assertKept(address, drafts);
  }
  const saved = drafts.reduce((sum, { acknowledged }) => sum + acknowledged, 0);
  context.diagnostic(`${saved} saves`);
  await assertAudited(study, drafts);
  child.kill("SIGTERM");
  const [code] = await once(child, "close");
  assert.equal(code, 0);
});
