/** A leader that works for longer than a process may be silent, with a team of two processes. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { promisify } from "node:util";
import { missingForProcessGroups } from "@malleolus/torch";

const missing = missingForProcessGroups();
const skip = missing === null ? false : `this build lacks ${missing}`;

const [SILENCE_MS, WORK_MS, PULSE_MS] = [3000, 4500, 500];
/** Each blocks the event loop, as a network that is given its weights does. */
const [PARTS, PART_MS] = [3, 1500];

test("whileOthersWait: a leader may work for longer than a process may be silent, and its failure is told", {
  skip,
}, async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-waiting-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const script = (rank: number) => `
    import { setTimeout } from "node:timers/promises";
    import { joinProcessGroup } from "@malleolus/torch";
    import { joinedTeam } from "./joined-team.ts";
    import { waitForLeader, whileOthersWait } from "./waiting.ts";
    const group = joinProcessGroup({
      rank: ${rank}, size: 2, meeting: { file: ${JSON.stringify(join(folder, "meeting"))} }, timeoutMs: ${SILENCE_MS},
    });
    const team = joinedTeam(group, new AbortController().signal);
    const lead = (work) => whileOthersWait(team, work, ${PULSE_MS});
    const follow = () => waitForLeader(team);
    if (${rank} === 0) {
      console.log(await lead(async (alive) => {
        await setTimeout(${WORK_MS});
        for (let part = 0; part < ${PARTS}; part++) {
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${PART_MS});
          alive();
        }
        return "done";
      }));
      await lead(async () => { throw new Error("no"); }).catch((error) => console.log(error.message));
    } else {
      await follow();
      await follow().catch((error) => console.log(error.code));
    }
    team.close();
    group.leave();`;
  const said = await Promise.all(
    [0, 1].map(async (rank) => {
      const args = ["--input-type=module", "-e", script(rank)];
      const run = promisify(execFile)(process.execPath, args, { cwd: import.meta.dirname });
      return (await run).stdout.trim().split("\n");
    }),
  );
  assert.deepEqual(said, [["done", "no"], ["lost"]]);
});
