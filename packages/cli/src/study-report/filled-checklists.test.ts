import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { ReportContent } from "@malleolus/evaluation";
import { withChecklists } from "./filled-checklists.ts";

const content: ReportContent = {
  title: "Ankles",
  subtitle: "",
  generatedAt: "2026-11-23T15:58:12.123Z",
  simulated: null,
  software: [],
  names: {},
  thresholds: [],
  flow: null,
  sets: [],
  tests: [],
  readers: [],
  readerStudy: null,
  preliminary: null,
  gallery: [],
  training: null,
  provenance: null,
  checklists: [],
  timings: [],
  commands: [],
};

function studyWith(context: TestContext, checklists: string): { folder: string } {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-checklists-"));
  context.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "checklists.toml"), checklists);
  return { folder };
}

const answer = (checklist: string, item: string) =>
  `[[answers]]\nchecklist = "${checklist}"\nitem = "${item}"\nstatus = "answered"\ntext = "Said."\n`;
const own =
  '[[checklists]]\nname = "Own"\nsource = "Ours"\n[[checklists.items]]\nid = "1"\nasks = "X"\n';

test("withChecklists: an author's answers and own checklist stand beside the known ones", (context) => {
  const study = studyWith(context, `${answer("Own", "1")}${answer("CLAIM 2024", "44")}${own}`);
  const { checklists } = withChecklists(study, content);
  assert.deepEqual(
    checklists.map(({ name }) => name),
    ["CLAIM 2024", "MI-CLAIM", "TRIPOD+AI", "CONSORT-AI", "SPIRIT-AI", "DECIDE-AI", "Own"],
  );
  const statusOf = (name: string, id: string) =>
    checklists.find((one) => one.name === name)?.items.find((item) => item.id === id)?.status;
  assert.equal(statusOf("Own", "1"), "answered by the author");
  assert.equal(statusOf("CLAIM 2024", "44"), "answered by the author");
  assert.equal(statusOf("CLAIM 2024", "43"), "needs the author");
});

test("withChecklists: an answer to what nobody asks is refused by name", (context) => {
  const refused = (text: string, said: RegExp) =>
    assert.throws(() => withChecklists(studyWith(context, text), content), said);
  refused(
    answer("STARD", "1"),
    /expected an answer to one of the checklists CLAIM 2024,.*got "STARD"/,
  );
  refused(answer("CLAIM 2024", "45"), /expected an answer to an item of CLAIM 2024, got "45"/);
});
