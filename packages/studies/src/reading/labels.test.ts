import assert from "node:assert/strict";
import { test } from "node:test";
import type { Protocol, ReadingContent } from "@malleolus/schema";
import { labelConflict } from "@malleolus/schema";
import { ankleLabels } from "../configuration/ankle-labels.ts";
import { ankleProtocol } from "../configuration/ankle-protocol.ts";
import { findReaderTask, readerWorklist } from "../tasks/reader-tasks.ts";
import { addCases, OBSERVERS, studyWithPeople } from "../test-people.ts";
import { assignReaders } from "./assign-readers.ts";
import { askedLabels, requireAllLabels } from "./labels.ts";
import { ownReadingOf, saveDraft, submitOwnReading } from "./reader-reading.ts";

const asking = (...ids: readonly string[]): Protocol => ({
  ...ankleProtocol,
  labels: ankleLabels.map((label) => ({ ...label, asked: ids.includes(label.id) })),
});

test("labels: a new study asks for none", () => {
  assert.deepEqual(askedLabels(ankleProtocol), []);
  requireAllLabels(ankleProtocol, { decision: { kind: "class", id: "weber_b" } });
});

test("labels: every value of the ankle's goes with some class, and with some of every other label", () => {
  for (const { id, name, values } of ankleLabels) {
    for (const value of values) {
      const classes = ankleProtocol.classes.filter(
        (one) =>
          labelConflict({ ...ankleProtocol, labels: ankleLabels }, one.id, { [id]: value.id }) ===
          null,
      );
      assert.ok(classes.length > 0, `${name} ${value.name}`);
    }
  }
});

test("labels: a fracture needs those that are asked for, and they go together", () => {
  const protocol = asking("ao_ota_44", "syndesmosis", "maisonneuve");
  const check = (id: string, labels: Record<string, string>) => () =>
    requireAllLabels(protocol, { decision: { kind: "class", id }, labels });
  check("weber_c", { ao_ota_44: "44c3", syndesmosis: "injured", maisonneuve: "yes" })();
  check("no_fracture", {})();
  requireAllLabels(protocol, { decision: { kind: "exclusion", id: "cast" } });
  for (const [said, message] of [
    [check("weber_b", { ao_ota_44: "44b1" }), /needs its label "Syndesmosis"/],
    [check("weber_b", { ao_ota_44: "44a1" }), /44A1 .* does not go with Weber B/],
    [
      check("weber_c", { ao_ota_44: "44c1", syndesmosis: "injured", maisonneuve: "yes" }),
      /Maisonneuve: yes does not go with AO\/OTA 44: 44C1/,
    ],
    [check("no_fracture", { syndesmosis: "intact" }), /does not go with/],
  ] as const) {
    assert.throws(said, { code: "record", message });
  }
});

test("labels: they are kept with a reading, and only those that are asked for", async (context) => {
  const given = await studyWithPeople(context);
  const study = { ...given, protocol: asking("malleoli") };
  await addCases(study, [{ id: "case-1" }]);
  await assignReaders(study, "curation");
  const [observer] = OBSERVERS;
  const question = { queue: "curation", status: "left", limit: 10, search: undefined } as const;
  const [{ code }] = (await readerWorklist(study, observer, question)).entries;
  const task = await findReaderTask(study, observer, code);
  const content: ReadingContent = {
    decision: { kind: "class", id: "weber_b" },
    certainty: 4,
    labels: { malleoli: "bimalleolar" },
  };
  await assert.rejects(
    saveDraft(study, task, { version: 0, content: { labels: { ao_ota_44: "44b1" } } }),
    {
      code: "record",
    },
  );
  await saveDraft(study, task, { version: 0, content: { labels: { malleoli: "lateral" } } });
  await assert.rejects(submitOwnReading(study, task, { ...content, labels: {} }), {
    message: /Malleoli/,
  });
  await submitOwnReading(study, task, content);
  assert.deepEqual((await ownReadingOf(study, task))?.content, content);
});
