/** What the tables of the paper's study say, of a few patients; `experiments/paper-study-tables.ts` writes them. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import test from "node:test";
import { evaluate, evaluationDefaults, type TestPatient } from "@malleolus/evaluation";
import type { Box } from "@malleolus/geometry";
import { shippedDetector } from "@malleolus/networks/shipped-detector";
import type { Estimate } from "@malleolus/schema";
import type { ComparedTest, FinishedStudy } from "../experiments/paper-study-compared.ts";
import { testsCsv } from "../experiments/paper-study-csv.ts";
import { summaryText } from "../experiments/paper-study-summary.ts";

const options = {
  ...evaluationDefaults,
  classes: ["weber_a", "weber_b", "weber_c", "no_fracture"],
  noFractureClass: "no_fracture",
  resamples: 50,
};

/** A rectangle of 10 by 10 pixels from `x` on, and its outline. */
function square(x: number) {
  const box: Box = [x, 0, x + 10, 10];
  return { box, polygons: [[x, 0, x + 10, 0, x + 10, 10, x, 10]] };
}

/** With one radiograph; `shift` is how far what is found lies from the fracture, null where nothing is found. */
function patient(id: string, name: string, shift: number | null): TestPatient {
  const isBroken = name !== options.noFractureClass;
  const found = { score: 0.9, areaMm2: null, lengthMm: null, calibration: "none" as const };
  return {
    id,
    class: name,
    ambiguous: false,
    images: [
      {
        id: `${id} ap`,
        view: "ap",
        width: 64,
        height: 16,
        truths: isBroken ? [{ class: name, ...square(0) }] : [],
        findings:
          shift === null
            ? []
            : [{ class: isBroken ? name : "weber_a", ...found, ...square(shift) }],
      },
    ],
  };
}

/** Overlaps of 1, 2/3 and 1/3, one fracture missed, and one sound patient of two is shown one. */
const drawn = [
  patient("p1", "weber_a", 0),
  patient("p2", "weber_b", 2),
  patient("p3", "weber_c", 5),
  patient("p4", "weber_c", null),
  patient("p5", "no_fracture", null),
  patient("p6", "no_fracture", 20),
];
const others = drawn.map((one) => ({ ...one, id: `of ${one.id}` }));

function compared(
  name: ComparedTest["name"],
  patients: readonly TestPatient[],
  against: ComparedTest["against"] = "the panel",
): ComparedTest {
  const evaluation = evaluate(patients, options);
  return {
    name,
    against,
    evaluation,
    observers: [],
    annotators: null,
    rules: [],
    besideObservers: [],
  };
}

const tests = [
  compared("internal difficult", drawn),
  compared("internal easy", [...drawn.slice(2), patient("p7", "weber_a", 0)]),
  compared("internal difficult", drawn, "what was simulated"),
  compared("external difficult", others),
  compared("external easy", others.slice(1)),
];

function study(weightsSha256: string | null): FinishedStudy {
  return {
    generatedAt: "2026-11-29T12:00:00.000Z",
    simulated: { version: "2", seed: "a test" },
    software: [],
    sets: [],
    provenance: {
      code: { version: "0.1.0", sha256: null },
      data: [],
      detector: { sha256: "1".repeat(64), dtype: "float32" },
      training: {
        recipe: "demo",
        network: null,
        recipeSha256: "2".repeat(64),
        seed: 1,
        steps: 8,
        batchSize: 2,
        weightsSha256,
      },
    },
    preliminary: null,
    timings: [],
    tests: [],
  };
}

test("testsCsv: where fractures are found and how far outlines overlap, against the panel alone; what is shown in vain", () => {
  const lines = testsCsv(tests).split("\r\n");
  const one = (start: string) => {
    const found = lines.filter((line) => line.startsWith(`${start},`));
    assert.equal(found.length, 1, `${found.length} of ${start}`);
    return found[0].slice(start.length + 1).split(",");
  };
  const start = "internal difficult,the panel,mean";
  assert.deepEqual(one(`${start},fractures,found`).toSpliced(0, 3), ["3", "4"]);
  const { boxIou, maskIou } = tests[0].evaluation.localization;
  for (const [shape, overlap] of [
    ["box", boxIou],
    ["mask", maskIou],
  ] as const) {
    for (const [words, own] of [
      ["IoU of the found", overlap.matched],
      ["IoU with missed ones as 0", overlap.missedAsZero],
    ] as const) {
      const row = (kind: string) => one(`${start},fractures,${kind} ${shape} ${words}`);
      const said = (value: number | null, interval: Estimate["interval"]) => [
        ...[value, interval?.[0], interval?.[1]].map(String),
        "",
        "",
      ];
      assert.deepEqual(row("mean"), said(own.mean, own.meanInterval));
      assert.deepEqual(row("median"), said(own.median, own.medianInterval));
    }
  }
  assert.ok(Math.abs((boxIou.matched.median ?? 0) - 2 / 3) < 1e-6);
  assert.deepEqual(
    lines.filter((line) => line.includes("simulated") && line.includes(",fractures,")),
    [],
  );
  const sound = "mean,radiographs of patients without a fracture,one is shown";
  for (const against of ["the panel", "what was simulated"]) {
    assert.deepEqual(one(`internal difficult,${against},${sound}`).toSpliced(0, 3), ["1", "2"]);
  }
});

test("summaryText: the median overlap of boxes, and how often a sound radiograph is shown a fracture", () => {
  const line = summaryText(study(null), tests)
    .split("## Where the fractures are")[1]
    .split("\n")
    .find((one) => one.startsWith("| internal difficult |"));
  const cells = line?.split(" | ") ?? [];
  assert.match(cells[1], /^3\/4 = 75 %/);
  assert.match(cells[4], /^0\.67 \(/);
  assert.match(cells[5], /^0\.50 \(/);
  assert.match(cells[9], /^1\/2 = 50 %/);
});

test("summaryText: how many patients left the draw for the easy test, and how many came", () => {
  const said = summaryText(study(null), tests);
  assert.ok(
    said.includes(
      "Of the 6 patients of the internal draw 2 left for its easy test and 1 came: it has 5.",
    ),
  );
  assert.ok(
    said.includes(
      "Of the 6 patients of the external draw 1 left for its easy test and nobody came: it has 5.",
    ),
  );
});

test("summaryText: what the shipped detector's weights had learned before, and of no others", () => {
  const path = shippedDetector();
  assert.ok(path !== null);
  const hash = createHash("sha256").update(readFileSync(path)).digest("hex");
  const said = summaryText(study(hash), tests);
  assert.match(said, /from weights [0-9a-f]{12}\./);
  assert.ok(said.includes("7,500 steps on 1,541 radiographs of 530 further simulated patients"));
  for (const other of ["3".repeat(64), null]) {
    assert.ok(!summaryText(study(other), tests).includes("comes with the project"));
  }
});
