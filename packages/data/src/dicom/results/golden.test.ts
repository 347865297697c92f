/**
 * Our objects beside what highdicom writes for the same radiograph and findings, field by field
 * (`tools/golden/result_objects.py`): what differs is in this list, with the reason, and nothing else does.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { ResultKind } from "./result-object.ts";
import { expectedInput, ourObjects } from "./test-golden-input.ts";
import { flattened, type Told, toldFile } from "./test-told-elements.ts";

interface Difference {
  readonly path: RegExp;
  readonly who: "ours alone" | "theirs alone" | "another value";
  readonly why: string;
}

const DIFFERENCES: Readonly<Record<ResultKind, readonly Difference[]>> = {
  segmentation: [
    {
      path: /^(00180015|00200020)$/,
      who: "ours alone",
      why: "body part and orientation are the radiograph's; dciodvfy asks for the orientation",
    },
    {
      path: /^00620002\/\d\/00620006$/,
      who: "ours alone",
      why: "a segment's description says its score and the use; highdicom has none",
    },
    { path: /^00700084$/, who: "ours alone", why: "nobody created it; the element is of type 2" },
  ],
  report: [
    {
      path: /^00080110\/0\/0008010c$/,
      who: "ours alone",
      why: "the private scheme has a UID, by which two of one name are told apart",
    },
    {
      path: /(^|\/)0040a050$/,
      who: "another value",
      why: "SEPARATE says that items are no running text; highdicom says CONTINUOUS",
    },
    {
      path: /DCM 111028 1\/0040a504\/0\//,
      who: "ours alone",
      why: "the image library says that it is of TID 1600",
    },
    {
      path: /CONTAINS IMAGE SCT 260753009 1\/0040a730\/HAS ACQ CONTEXT /,
      who: "theirs alone",
      why: "the descriptors of TID 1602 repeat the radiograph's header and are optional",
    },
    {
      path: /0040a300\/0\/0040a161$/,
      who: "theirs alone",
      why: "the number in floating point beside the decimal string is optional",
    },
    {
      path: /^0040a730\/CONTAINS CONTAINER UMLS C0034375 1\//,
      who: "ours alone",
      why: "highdicom cannot write the qualitative evaluations of TID 1500, which say the use",
    },
  ],
  presentation: [
    { path: /^00200060$/, who: "ours alone", why: "dciodvfy asks for the side of a paired organ" },
    {
      path: /^0070005a\/0\/00081140\/0\//,
      who: "ours alone",
      why: "the displayed area names its image; without, it is that of all",
    },
    {
      path: /^0070005a\/0\/00480301$/,
      who: "theirs alone",
      why: "the origin of pixels is asked for in tiled images alone",
    },
    {
      path: /^00700060\/0\/00700066$/,
      who: "ours alone",
      why: "the layer recommends a grey; highdicom a colour or none",
    },
  ],
  picture: [
    {
      path: /^00080008$/,
      who: "another value",
      why: "a third value of the image type is optional",
    },
    {
      path: /^00080064$/,
      who: "another value",
      why: "made by a workstation, no digital interface",
    },
    {
      path: /^(00081030|00081032\/.*|00101010)$/,
      who: "ours alone",
      why: "study and patient as in the other kinds of object",
    },
    {
      path: /^(00082111|00082112\/.*|00204000)$/,
      who: "ours alone",
      why: "what it was made of, by what, and for what use",
    },
    { path: /^(00180015|00280301|00282110)$/, who: "ours alone", why: "words are burned in" },
    { path: /^0018101[689]$/, who: "ours alone", why: "what captured it" },
  ],
};

const isOf = (difference: Difference, path: string, ours: Told, theirs: Told): boolean =>
  difference.path.test(path) &&
  difference.who ===
    (theirs[path] === undefined
      ? "ours alone"
      : ours[path] === undefined
        ? "theirs alone"
        : "another value");

test("the golden files are of this radiograph and these UIDs", () => {
  for (const [kind, { instance, series }] of Object.entries(expectedInput().uids)) {
    const golden = join(import.meta.dirname, `golden/${kind}.json`);
    const theirs = flattened(JSON.parse(readFileSync(golden, "utf8")));
    assert.deepEqual([theirs["00080018"], theirs["0020000e"]], [[instance], [series]], kind);
  }
});

for (const [kind, file] of Object.entries(ourObjects())) {
  test(`as highdicom writes it, but for what is known: ${kind}`, () => {
    const ours = toldFile(file);
    const golden = join(import.meta.dirname, `golden/${kind}.json`);
    const theirs = flattened(JSON.parse(readFileSync(golden, "utf8")));
    const paths = [...new Set([...Object.keys(ours), ...Object.keys(theirs)])];
    const differing = paths.filter(
      (path) => JSON.stringify(ours[path]) !== JSON.stringify(theirs[path]),
    );
    const known = Object.entries(DIFFERENCES).find(([name]) => name === kind)?.[1] ?? [];
    const unknown = differing.filter(
      (path) => !known.some((difference) => isOf(difference, path, ours, theirs)),
    );
    assert.deepEqual(
      unknown.map((path) => ({ path, ours: ours[path], theirs: theirs[path] })),
      [],
    );
    for (const difference of known) {
      const isNeeded = differing.some((path) => isOf(difference, path, ours, theirs));
      assert.ok(isNeeded, `${difference.path} differs no more: ${difference.why}`);
    }
    assert.ok(paths.length - differing.length > 30, "most of it is the same");
  });
}
