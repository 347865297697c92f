import assert from "node:assert/strict";
import { test } from "node:test";
import { blankMarkup } from "./markup.ts";

const cases: readonly (readonly [what: string, text: string, expected: string])[] = [
  ["tags that begin a line", "No effusion<br/>A fracture", "No effusion\n    A fracture"],
  ["tags within one", "No <b>fracture</b>.", "No    fracture    ."],
  ["a sign that is no tag", "gap <3 mm and >1 mm", "gap <3 mm and >1 mm"],
  ["entities", "No&nbsp;fracture", "No      fracture"],
  ["a bullet as an entity", "&#8226; No", "•       No"],
  ["HL7's line ends", "No effusion\\.br\\A fracture", "No effusion\n    A fracture"],
  ["HL7's characters", "a\\X0D\\\\X0A\\b", "a\n    \n    b"],
  ["repeated fields of HL7", "a~b", "a\nb"],
  ["what is ticked", "Fracture [ ] yes [x] no", "Fracture         :   no"],
  ["what is ticked before its label's box", "Fracture: yes [ ] no [x]", "Fracture:         no    "],
  ["boxes of one letter", "Fracture □ yes ☒ no", "Fracture       : no"],
  ["a box behind its finding", "Fracture [ ]\nBones intact [x]", "            \nBones intact    "],
  ["what may be answered", "Fracture (Y/N): N", "Fracture      : N"],
  ["marks of Markdown", "**Findings:** none", "  Findings:   none"],
];

for (const [what, text, expected] of cases) {
  test(`blankMarkup: ${what}`, () => {
    assert.equal(blankMarkup(text), expected);
    assert.equal(blankMarkup(text).length, text.length);
  });
}
