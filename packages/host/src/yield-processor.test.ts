/** What a process's priority becomes, in processes of their own. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { constants, getPriority } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

const file = pathToFileURL(join(import.meta.dirname, "yield-processor.ts")).href;
/** Prints the priority of a process that yields, after this. */
function priorityAfter(before: string): number {
  const source = `
    import { getPriority, setPriority } from "node:os";
    import { yieldProcessor } from ${JSON.stringify(file)};
    ${before}
    yieldProcessor();
    console.log(getPriority());`;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ["--input-type=module", "--eval", source],
    { encoding: "utf8" },
  );
  assert.notEqual(stdout, "", stderr);
  return Number(stdout);
}

test("yieldProcessor: a process steps behind others, and keeps a priority that it was given", (context) => {
  if (getPriority() === 0) {
    assert.equal(priorityAfter(""), constants.priority.PRIORITY_BELOW_NORMAL);
  } else context.diagnostic("the test itself runs at another priority than the normal one");
  assert.equal(priorityAfter("setPriority(15);"), 15);
});
