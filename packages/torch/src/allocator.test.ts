/** Memory of large tensors: kept for the next one, bounded, and never lent twice. */
import assert from "node:assert/strict";
import { empty, manualSeed, rand, scope, type Tensor } from "./index.ts";
import { tensorTest } from "./test-tensors.ts";

const MEGABYTE = 2 ** 20;

/** Sizes that differ as those of batches do, always the same ones. */
function sizes(count: number, least: number, most: number): number[] {
  manualSeed(11);
  return scope(() => rand([count]).toNumbers()).map((share) =>
    Math.floor(least + share * (most - least)),
  );
}

tensorTest("allocator: no two live tensors share memory, whatever was freed before", () => {
  const lengths = sizes(240, 0.1 * MEGABYTE, 1.5 * MEGABYTE);
  const live = new Map<number, Tensor>();
  for (const [i, length] of lengths.entries()) {
    live.set(i, empty([length]).fill_(i));
    // The one of 40 turns before goes, so that its block is lent again.
    live.get(i - 40)?.free();
    live.delete(i - 40);
  }
  for (const [i, tensor] of live) {
    assert.ok(
      tensor.toFloat32Array().every((value) => value === i),
      `tensor ${i} was written to`,
    );
  }
});

tensorTest("allocator: the next tensor of a size needs no new pages", () => {
  const make = () => scope(() => void empty([16 * MEGABYTE]).fill_(1));
  for (let i = 0; i < 3; i++) make();
  const before = process.resourceUsage().minorPageFault;
  for (let i = 0; i < 50; i++) make();
  const faults = process.resourceUsage().minorPageFault - before;
  // 64 MB are 32 huge pages, or 16,384 small ones, each time.
  assert.ok(faults < 400, `${faults} page faults`);
});

tensorTest("allocator: sizes that vary do not add up", () => {
  const lengths = sizes(1500, 0.3 * MEGABYTE, 3 * MEGABYTE);
  const before = process.memoryUsage.rss();
  let most = 0;
  for (let i = 0; i < lengths.length; i += 30) {
    const some = lengths.slice(i, i + 30);
    most = Math.max(most, 4 * some.reduce((sum, length) => sum + length, 0));
    scope(() => some.map((length) => empty([length]).fill_(1)).length);
  }
  const grown = process.memoryUsage.rss() - before;
  // A quarter more than was in use, an eighth for rounding, and what V8 does meanwhile.
  assert.ok(
    grown < 1.25 * 1.125 * most + 64 * MEGABYTE,
    `${(grown / MEGABYTE).toFixed(0)} MB, at most ${(most / MEGABYTE).toFixed(0)} MB in use`,
  );
});

tensorTest("allocator: what lies on shelves of other sizes makes room for what is in use", () => {
  /** Resident memory while all are in use. */
  const fill = (count: number, megabytes: number) =>
    scope(() => {
      for (let i = 0; i < count; i++) empty([(megabytes * MEGABYTE) / 4]).fill_(1);
      return process.memoryUsage.rss() / MEGABYTE;
    });
  const first = fill(40, 16);
  const second = fill(30, 24);
  // 640 MB, then 720: never both, but for what may lie on the shelves.
  assert.ok(second < first + 80 + 128 + 64, `${first.toFixed(0)} MB, then ${second.toFixed(0)}`);
});
