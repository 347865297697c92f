import assert from "node:assert/strict";
import { test } from "node:test";
import { CONFIDENTIALITY_PROFILE } from "./confidentiality-profile.ts";
import { type Action, ruleFor } from "./rules.ts";

test("confidentiality profile: every row of the standard's table, once, in order", () => {
  const tags = CONFIDENTIALITY_PROFILE.trim()
    .split("\n")
    .map((row) => {
      assert.match(
        row,
        /^[0-9a-f]{8} [A-Z]{2} (X|Z|D|U|X\/Z|X\/D|Z\/D|X\/Z\/D|X\/Z\/U) (-|[tpc]+) \S/,
      );
      return row.slice(0, 8);
    });
  // 621 rows of the standard less curves, overlays (two) and private attributes, which are ranges.
  assert.equal(tags.length, 617);
  assert.deepEqual(tags, [...new Set(tags)].sort());
});

const cases: readonly (readonly [what: string, tag: number, vr: string, action: Action])[] = [
  ["patient's name", 0x00100010, "PN", "pseudonym"],
  ["birth date", 0x00100030, "DA", "empty"],
  ["accession number", 0x00080050, "SH", "empty"],
  ["study date", 0x00080020, "DA", "date"],
  ["study time", 0x00080030, "TM", "keep"],
  ["study instance UID", 0x0020000d, "UI", "uid"],
  ["SOP class UID", 0x00080016, "UI", "keep"],
  ["series description", 0x0008103e, "LO", "words"],
  ["patient's sex", 0x00100040, "CS", "keep"],
  ["patient's age", 0x00101010, "AS", "age"],
  ["ethnic group", 0x00102160, "SH", "keep"],
  ["institution name", 0x00080080, "LO", "dummy"],
  ["operator's name", 0x00081070, "PN", "dummy"],
  ["device serial number", 0x00181000, "LO", "dummy"],
  ["source image sequence", 0x00082112, "SQ", "keep"],
  ["request attributes sequence", 0x00400275, "SQ", "remove"],
  ["curve data", 0x50023000, "OW", "remove"],
  ["overlay data", 0x60003000, "OW", "remove"],
  ["a private attribute", 0x00091001, "LO", "remove"],
  ["trailing padding", 0xfffcfffc, "OB", "remove"],
  ["a name the table does not know", 0x00140104, "PN", "empty"],
  ["a date the table does not know", 0x00141020, "DA", "date"],
  ["a UID the table does not know", 0x00701209, "UI", "uid"],
  ["the view's code", 0x00540220, "SQ", "keep"],
  ["rows", 0x00280010, "US", "keep"],
];
for (const [what, tag, vr, action] of cases) {
  test(`ruleFor: ${what}: ${action}`, () => assert.equal(ruleFor(tag, vr).action, action));
}
