import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { scratchFolder } from "../test-study.ts";
import { readChecklistsFile } from "./checklists-file.ts";

test("readChecklistsFile: without the file nothing is answered", (context) => {
  assert.deepEqual(readChecklistsFile({ folder: scratchFolder(context) }), {
    design: "retrospective evaluation",
    answers: [],
    checklists: [],
  });
});

test("readChecklistsFile: answers and checklists of the author's own", (context) => {
  const folder = scratchFolder(context);
  const text = `design = "randomised trial"
[[answers]]
checklist = "CLAIM 2024"
item = "34"
status = "answered"
text = "NCT1"
[[checklists]]
name = "Own"
source = "Ours"
[[checklists.items]]
id = "1"
asks = "What was planned"
`;
  writeFileSync(join(folder, "checklists.toml"), text);
  assert.deepEqual(readChecklistsFile({ folder }), {
    design: "randomised trial",
    answers: [{ checklist: "CLAIM 2024", item: "34", status: "answered", text: "NCT1" }],
    checklists: [{ name: "Own", source: "Ours", items: [{ id: "1", asks: "What was planned" }] }],
  });
});

const faults: readonly (readonly [text: string, said: RegExp])[] = [
  ["design = ", /checklists\.toml: expected TOML/],
  ['design = "trial"', /checklists\.toml.*design/s],
  ['[[answer]]\nitem = "1"', /checklists\.toml.*answer/s],
  [
    '[[answers]]\nchecklist = "A"\nitem = "1"\nstatus = "done"\ntext = "x"',
    /checklists\.toml.*status/s,
  ],
  ['[[checklists]]\nname = "A"\nsource = "b"\nitems = []', /checklists\.toml.*items/s],
];
for (const [text, said] of faults) {
  test(`readChecklistsFile: says what is wrong with ${JSON.stringify(text)}`, (context) => {
    const folder = scratchFolder(context);
    writeFileSync(join(folder, "checklists.toml"), text);
    assert.throws(() => readChecklistsFile({ folder }), said);
  });
}
