/** Process groups and gradient buckets, in processes that meet in a file. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { missingForProcessGroups } from "../index.ts";

const missing = missingForProcessGroups();
const skip = missing === null ? false : `this build lacks ${missing}`;

interface Ended {
  readonly code: number | string | null | undefined;
  readonly said: readonly unknown[];
}

/** Runs a script in so many processes; it has `group`, and `say` for what is returned of each. */
async function together(context: TestContext, size: number, script: string): Promise<Ended[]> {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-group-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const program = (rank: number) => `
    import { backward, gradientBuckets, joinProcessGroup, liveTensors, tensor } from ${JSON.stringify(join(import.meta.dirname, "../index.ts"))};
    const meeting = { file: ${JSON.stringify(join(folder, "meeting"))} };
    const group = joinProcessGroup({ rank: ${rank}, size: ${size}, meeting, timeoutMs: 300_000 });
    const { rank } = group;
    const say = (value) => console.log(JSON.stringify(value));
    ${script}
    group.leave();`;
  const ends = Array.from(
    { length: size },
    (_, rank) =>
      new Promise<Ended>((resolve) => {
        const args = ["--input-type=module", "-e", program(rank)];
        execFile(process.execPath, args, { cwd: import.meta.dirname }, (error, out, said) => {
          if (error !== null && error.signal === null) context.diagnostic(said);
          resolve({
            code: error === null ? 0 : (error.signal ?? error.code),
            said: out.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line)])),
          });
        });
      }),
  );
  return Promise.all(ends);
}

test("processGroup: sums, maxima and broadcasts are the same everywhere; one that is killed is lost to the others", {
  skip,
}, async (context) => {
  const ends = await together(
    context,
    3,
    `
    const values = tensor([rank, 10 * rank]);
    group.allReduce(values, "sum");
    say(values.toNumbers());
    const most = tensor([rank, -rank]);
    group.allReduce(most, "max");
    say(most.toNumbers());
    const first = tensor([rank + 5]);
    group.broadcast(first, 1);
    say(first.toNumbers());
    if (rank === 2) process.kill(process.pid, "SIGKILL");
    try {
      group.allReduce(values, "sum");
    } catch (error) {
      say(error.code);
    }`,
  );
  const said = [[3, 30], [2, 0], [6]];
  assert.deepEqual(ends, [
    { code: 0, said: [...said, "lost"] },
    { code: 0, said: [...said, "lost"] },
    { code: "SIGKILL", said },
  ]);
});

test("gradientBuckets: sums of gradients, in any layout, under way before the pass has ended; none where there is none", {
  skip,
}, async (context) => {
  const ends = await together(
    context,
    2,
    `
    const early = tensor([[1, 2, 3], [4, 5, 6]]).transpose(0, 1).detach().requiresGrad_();
    const late = tensor([1, 2]).requiresGrad_();
    const unused = tensor([3]).requiresGrad_();
    const parameters = [unused, early, late];
    const before = liveTensors();
    const buckets = gradientBuckets(group, parameters, 4);
    for (const times of [1, 2]) {
      for (const parameter of parameters) parameter.grad = null;
      // What is not expected stays with its process, and adds to what is.
      if (times === 2) backward(late.mul(100).sum());
      buckets.arm();
      const own = late.mul(rank + 1).sum();
      backward(rank === 0 ? own.add(early.mul(early).sum()) : own);
      const overlapped = buckets.finish();
      say([overlapped > 0, early.grad.toNumbers(), late.grad.toNumbers(), unused.grad]);
    }
    try {
      buckets.finish();
    } catch (error) {
      say(error.code);
    }
    buckets.free();
    for (const wrong of [tensor([1]), tensor([1], { dtype: "float64" }).requiresGrad_()]) {
      try {
        gradientBuckets(group, [wrong]);
      } catch (error) {
        say(error.code);
      }
    }`,
  );
  const early = [2, 8, 4, 10, 6, 12];
  const said = [
    [true, early, [3, 3], null],
    [true, early, [203, 203], null],
    ...["argument", "argument", "argument"],
  ];
  assert.deepEqual(ends, [
    { code: 0, said },
    { code: 0, said },
  ]);
});
