/**
 * The demonstration for several seeds, one after the other, and its thresholds for each: what one seed
 * reaches by luck, five do not. Started by hand; a seed that is done is not run again, one that was cut
 * goes on:
 *
 *     node experiments/demo-seeds.ts OUT SEED...
 *
 * It prints a table, a row a seed, with 95 % intervals, and leaves each demonstration under OUT.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { demoPlan, demoProgress, runDemo, stopOnSignals } from "@malleolus/cli/demo";
import type { AcceptanceThreshold } from "@malleolus/evaluation";
import { shippedDetector, shippedPreliminary } from "@malleolus/networks";
import { demoRecipe } from "@malleolus/runs";
import { readInitialWeights } from "@malleolus/training";

const [out, ...seeds] = process.argv.slice(2);
if (out === undefined || seeds.length === 0) {
  console.error("usage: node experiments/demo-seeds.ts OUT SEED...");
  process.exit(2);
}

const shipped = shippedDetector();
const preliminary = shippedPreliminary();
const weights = shipped === null ? null : readInitialWeights(shipped);
const progress = demoProgress({
  write: (text) => process.stdout.write(text),
  writeError: (text) => process.stderr.write(text),
});
const signals = stopOnSignals(() => progress.say("ending at the next safe point"));
const rows: string[] = [];
for (const seed of seeds) {
  const folder = join(out, seed);
  const done = join(folder, "thresholds.json");
  if (!existsSync(done)) {
    mkdirSync(folder, { recursive: true });
    const began = performance.now();
    const plan = { ...demoPlan, seed };
    const { signal: stop } = signals;
    const result = await runDemo({
      folder,
      plan,
      recipe: demoRecipe,
      weights,
      preliminary,
      progress,
      stop,
    });
    progress.end();
    if (result === null) process.exit(1);
    const minutes = (performance.now() - began) / 60_000;
    writeFileSync(done, JSON.stringify({ thresholds: result.thresholds, minutes }));
  }
  const { thresholds, minutes }: { thresholds: AcceptanceThreshold[]; minutes: number } =
    JSON.parse(readFileSync(done, "utf8"));
  if (rows.length === 0) rows.push(row(["Seed", ...thresholds.map(({ name }) => name), "Minutes"]));
  rows.push(row([seed, ...thresholds.map(figureOf), minutes.toFixed(1)]));
}
signals.dispose();
console.log(rows.join("\n"));

function figureOf({ value, interval }: AcceptanceThreshold): string {
  if (value === null) return "none";
  const [low, high] = interval ?? [Number.NaN, Number.NaN];
  return `${value.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}
