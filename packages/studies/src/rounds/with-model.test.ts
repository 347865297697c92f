import assert from "node:assert/strict";
import { test } from "node:test";
import type { Prelabel } from "@malleolus/schema";
import { storeProposals } from "../annotation/proposals/store-proposals.ts";
import { readerCase } from "../reading/reader-case.ts";
import { submitOwnReading } from "../reading/reader-reading.ts";
import type { Study } from "../study.ts";
import { findReaderTask, queuesOf, readerWorklist } from "../tasks/reader-tasks.ts";
import { addCases, imageId, OBSERVERS, studyWithPeople } from "../test-people.ts";
import { createRound, listRounds } from "./rounds.ts";

const DEED = { who: "test", at: "2026-01-01T00:00:00.000Z" };
const [observer, second] = OBSERVERS;
const IDS = Array.from({ length: 8 }, (_, index) => `case-${index}`);
const CONTENT = { decision: { kind: "class", id: "weber_b" }, certainty: 3 } as const;

async function studyWithModel(
  context: { after(cleanUp: () => void): void },
  model: "never" | "always" | "crossed",
  washoutDays = 0,
): Promise<Study> {
  const study = await studyWithPeople(context);
  await addCases(
    study,
    IDS.map((id) => ({ id })),
  );
  const proposals = IDS.map(
    (id): Prelabel => ({
      image: imageId(id, "ap"),
      model: { sha256: "c0".repeat(32), name: "model", version: "1" },
      isLowerLeg: true,
      shapes: [
        { structure: "fibula", polygons: [[10, 10, 20, 10, 20, 20]], line: null, score: 0.8 },
      ],
      probabilities: null,
      flippedProbabilities: null,
      segmentation: null,
      view: null,
      side: null,
    }),
  );
  await storeProposals(study, proposals, "test");
  const people = [observer, second];
  const round = { name: "Model", people, repeatShare: 0.25, washoutDays, seed: 5, model };
  await createRound(study, round, DEED);
  return study;
}

/** Reads all that is there; by case, whether the model was shown. */
async function readAll(study: Study, person: string): Promise<ReadonlyMap<string, boolean>> {
  const question = { queue: "round-1", status: "left", limit: 100, search: undefined } as const;
  const { entries } = await readerWorklist(study, person, question);
  const shown = new Map<string, boolean>();
  for (const { code } of entries) {
    const task = await findReaderTask(study, person, code);
    const { findings, images } = await readerCase(study, "secret", task);
    if (findings !== null) {
      assert.deepEqual(
        findings.map(({ structure, score }) => [structure, score]),
        [["fibula", 0.8]],
      );
      assert.ok(
        images.some(({ id }) => id === findings[0].image),
        "by the reader's own name",
      );
    }
    shown.set(task.caseId, findings !== null);
    await submitOwnReading(study, task, CONTENT);
  }
  return shown;
}

test("rounds: without a model nothing of it is told, with it its newest findings are", async (context) => {
  const never = await readAll(await studyWithModel(context, "never"), observer);
  assert.deepEqual([...new Set(never.values())], [false]);
  const study = await studyWithModel(context, "always");
  for (const cases of [8, 2]) {
    const always = await readAll(study, observer);
    assert.deepEqual([always.size, ...new Set(always.values())], [cases, true]);
  }
});

test("rounds: crossed, everything is there at first, and comes again after the washout", async (context) => {
  const study = await studyWithModel(context, "crossed", 3);
  const [queue] = await queuesOf(study, observer);
  assert.deepEqual([queue.left, queue.later], [8, 8]);
  const [{ repeats }] = await listRounds(study);
  assert.equal(repeats, 8);
});

test("rounds: crossed, every reader reads every case both ways, half of them first with the model", async (context) => {
  const study = await studyWithModel(context, "crossed");
  const first = await readAll(study, observer);
  const again = await readAll(study, observer);
  assert.deepEqual([first.size, again.size], [8, 8]);
  assert.equal([...first.values()].filter(Boolean).length, 4);
  for (const [id, shown] of first) assert.equal(again.get(id), !shown, id);
  const others = await readAll(study, second);
  assert.notDeepEqual([...others].toSorted(), [...first].toSorted(), "drawn for each reader");
  const rows = await study.database
    .selectFrom("readings")
    .select(["panel", "case_id", "with_model"])
    .where("reader", "=", observer)
    .execute();
  for (const { panel, case_id, with_model } of rows) {
    const shown = (panel === "round-1" ? first : again).get(case_id);
    assert.equal(with_model === 1, shown, "kept with the reading");
  }
});
