/** For tests: a set of radiographs, and a place for a file of weights, in a folder that goes when the test ends. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { TrainingSet } from "./data-set.ts";
import { writeSyntheticSet } from "./test-synthetic-set.ts";

interface SetAndWeights {
  readonly set: TrainingSet;
  /** Where nothing is yet. */
  readonly path: string;
}

/** Three radiographs. */
export async function prepareSetAndWeights(context: TestContext): Promise<SetAndWeights> {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-resolve-"));
  context.after(() => rmSync(folder, { recursive: true }));
  return { path: join(folder, "weights"), set: await writeSyntheticSet(join(folder, "set"), 3) };
}
