import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { cocoText, readOutlines } from "@malleolus/data";
import { maskIou, rasterizePolygons } from "@malleolus/geometry";
import { assignAnnotators } from "../annotation/assign-annotators.ts";
import { outlinePolygons } from "../annotation/outline-polygons.ts";
import { proposalsVisibleTo } from "../annotation/proposals/proposal-visibility.ts";
import { storeProposals } from "../annotation/proposals/store-proposals.ts";
import { MODEL, NEWER, prelabelOf, proposedShape } from "../annotation/proposals/test-prelabels.ts";
import { proposalsCoco } from "../export/proposals-coco.ts";
import type { Study } from "../study.ts";
import { ANNOTATORS, addCases, facts, imageId, studyWithPeople } from "../test-people.ts";
import { importProposals, type ProposalsImport } from "./import-proposals.ts";

type Context = Parameters<typeof studyWithPeople>[0];

const AP = imageId("x", "ap");
const LATERAL = imageId("x", "lateral");
const PROBABILITIES = { weber_a: 0.1, weber_b: 0.6, weber_c: 0.2, no_fracture: 0.1 };

async function studyOf(context: Context, share = 0): Promise<Study> {
  const study = await studyWithPeople(context, [
    ["unassistedShare = 0.15", `unassistedShare = ${share}`],
  ]);
  await addCases(study, [{ id: "x", state: "agreed", class: "weber_b", views: ["ap", "lateral"] }]);
  await assignAnnotators(study, ["x"]);
  return study;
}

async function importText(study: Study, text: string, changes: Partial<ProposalsImport> = {}) {
  const path = join(study.folder, "proposed.json");
  writeFileSync(path, text);
  return importProposals(study, {
    path,
    file: await readOutlines(path),
    categories: new Map(),
    model: NEWER,
    who: "me",
    skipUnmatched: false,
    keys: null,
    hospital: null,
    folder: null,
    ...changes,
  });
}

test("proposalsCoco: what is written is read back as the same proposals", async (context) => {
  const study = await studyOf(context);
  const line = { points: [20, 85, 50, 85], widthMm: 5 };
  const shapes = [
    proposedShape("fibula", 10, 10, 60, 200),
    { ...proposedShape("fracture", 20, 80, 50, 90), line },
  ];
  const records = [
    prelabelOf(AP, { shapes, probabilities: PROBABILITIES }),
    prelabelOf(LATERAL, { isLowerLeg: false }),
  ];
  await storeProposals(study, [prelabelOf(AP, { shapes: [shapes[0]] }), ...records], "me");
  const { dataset, unassisted, withoutShape } = await proposalsCoco(study, MODEL.sha256);
  assert.deepEqual([dataset.images.length, unassisted, withoutShape], [2, 0, 1]);
  const counts = await importText(study, cocoText(dataset));
  assert.deepEqual(
    [counts.imported, counts.known, counts.withoutShape, counts.refused],
    [2, 0, 1, []],
  );
  for (const { image, shapes: wanted, ...wantedRest } of records) {
    const seen = await proposalsVisibleTo(study, { image, viewer: ANNOTATORS[0] });
    const found = seen?.shapes.map(({ structure, polygons, line: own, score, model }) => {
      assert.deepEqual(model, NEWER);
      return { structure, polygons, line: own, score };
    });
    const byName = (all: readonly { readonly structure: string }[] = []) =>
      all.toSorted((a, b) => (a.structure < b.structure ? -1 : 1));
    assert.deepEqual(byName(found), byName(wanted));
    assert.equal(seen?.isOther, !wantedRest.isLowerLeg);
    assert.deepEqual(seen?.class?.probabilities ?? null, wantedRest.probabilities);
  }
  const again = await importText(study, cocoText(dataset));
  assert.deepEqual([again.imported, again.known], [0, 2]);
});

test("proposalsCoco: cases that are drawn without proposals are left out, settled before it is written", async (context) => {
  const study = await studyWithPeople(context, [["unassistedShare = 0.15", "unassistedShare = 1"]]);
  await addCases(study, [{ id: "x", views: ["ap"] }]);
  await storeProposals(study, [prelabelOf(AP)], "me");
  const { dataset, unassisted } = await proposalsCoco(study, MODEL.sha256);
  assert.deepEqual([dataset.images.length, unassisted], [0, 1]);
  const arms = await study.database.selectFrom("annotation_arms").select("arm").execute();
  assert.deepEqual(
    arms.map(({ arm }) => arm),
    ["unassisted"],
  );
  await assert.rejects(proposalsCoco(study, NEWER.sha256), /run malleolus prelabel with it first/);
});

test("proposalsCoco: tells nothing that readers said", async (context) => {
  const study = await studyOf(context);
  await storeProposals(study, [prelabelOf(AP)], "me");
  const text = cocoText((await proposalsCoco(study, MODEL.sha256)).dataset);
  assert.ok(!text.includes("weber_b"));
});

function coco(images: readonly object[], segmentation: readonly number[]): string {
  return JSON.stringify({
    images: images.map((image, i) => ({ id: i + 1, width: 200, height: 240, ...image })),
    categories: [{ id: 1, name: "weber_b" }],
    annotations: images.map((_, i) => ({
      id: i + 1,
      image_id: i + 1,
      category_id: 1,
      segmentation: [segmentation],
    })),
  });
}

const RING = [20, 80, 50, 80, 50, 90, 20, 90];
const faults: readonly (readonly [what: string, images: readonly object[], message: RegExp])[] = [
  [
    "an image that is not there",
    [{ file_name: "nowhere.png" }],
    /no image of the study has its name/,
  ],
  ["another size", [{ file_name: `${AP}.png`, width: 100 }], /outlines on 200 x 240 pixels/],
  [
    "a radiograph twice",
    [{ file_name: `${AP}.png` }, { file_name: `again/${AP}.png` }],
    /same radiograph as image 1/,
  ],
  [
    "probabilities that are none",
    [{ file_name: `${AP}.png`, probabilities: { weber_b: 2 } }],
    /image 1 at probabilities/,
  ],
];
for (const [what, images, message] of faults) {
  test(`importProposals: ${what} is named, and nothing is imported`, async (context) => {
    const study = await studyOf(context);
    const good = { file_name: `${LATERAL}.png` };
    const counts = await importText(study, coco([...images, good], RING));
    assert.deepEqual([counts.imported, counts.refused.length], [0, 1]);
    assert.match(counts.refused[0].why, message);
    assert.deepEqual(await study.database.selectFrom("prelabels").selectAll().execute(), []);
  });
}

test("importProposals: images that are not there are passed over on request; a class means a fracture", async (context) => {
  const study = await studyOf(context);
  const text = coco([{ file_name: "nowhere.png" }, { file_name: `${AP}.png` }], RING);
  const counts = await importText(study, text, { skipUnmatched: true });
  assert.deepEqual([counts.imported, counts.unmatched, counts.refused], [1, ["image 1"], []]);
  const seen = await proposalsVisibleTo(study, { image: AP, viewer: ANNOTATORS[0] });
  assert.deepEqual(
    seen?.shapes.map(({ structure }) => structure),
    ["fracture"],
  );
});

test("importProposals: Labelbox's open line is there as a band, too", async (context) => {
  const study = await studyOf(context);
  const points = [
    { x: 30, y: 50 },
    { x: 90, y: 80 },
  ];
  const row = {
    data_row: { id: "a", external_id: `${AP}.png` },
    media_attributes: { width: 200, height: 240 },
    projects: {
      p: {
        labels: [
          {
            label_details: { created_by: "model@a.org" },
            annotations: { objects: [{ name: "fracture", line: points }], classifications: [] },
          },
        ],
      },
    },
  };
  const counts = await importText(study, `${JSON.stringify(row)}\n`);
  assert.deepEqual([counts.imported, counts.refused], [1, []]);
  const seen = await proposalsVisibleTo(study, { image: AP, viewer: ANNOTATORS[0] });
  const line = { points: [30, 50, 90, 80], widthMm: study.protocol.zonesMm.fractureLine };
  assert.deepEqual(seen?.shapes[0].line, line);
  const band = outlinePolygons({ structure: "fracture", polygons: [], lines: [line] }, facts("ap"));
  const masks = [band, seen?.shapes[0].polygons ?? []].map((all) =>
    rasterizePolygons(all, 200, 240),
  );
  assert.ok(maskIou(masks[0], masks[1]) > 0.85);
});
