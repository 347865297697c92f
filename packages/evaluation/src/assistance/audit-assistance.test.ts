import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type AssistanceArm,
  type AuditedDrawing,
  type AuditedShape,
  assistanceAuditSchema,
} from "@malleolus/schema";
import { auditAssistance } from "./audit-assistance.ts";
import { auditedPatients } from "./audited-patients.ts";

const OPTIONS = { seed: 1, resamples: 500 };

function shape(changes: Partial<AuditedShape>): AuditedShape {
  return {
    structure: "fibula",
    decision: null,
    overlap: 0.8,
    distanceMm: null,
    isRight: true,
    ...changes,
  };
}

function drawing(
  patient: number,
  arm: AssistanceArm,
  seconds: number | null,
  shapes: AuditedShape[],
): AuditedDrawing {
  const at = { image: `i${patient}`, patient: `p${patient}`, annotator: "a" };
  return { ...at, arm, seconds, shapes, class: null };
}

const drawings = [
  drawing(1, "assisted", 30, [
    shape({ decision: "accepted", overlap: 1, distanceMm: 0 }),
    shape({ decision: "accepted", overlap: 1, distanceMm: 0, isRight: false }),
  ]),
  drawing(2, "assisted", 50, [
    shape({ decision: "mended", overlap: 0.7, distanceMm: 1.5 }),
    shape({ decision: "rejected", overlap: 0.1, distanceMm: 9, isRight: false }),
  ]),
  {
    ...drawing(3, "assisted", null, [shape({ decision: "mended", distanceMm: 0.5 })]),
    class: { decision: "accepted" as const, isRight: false },
  },
  drawing(4, "unassisted", 90, [shape({ overlap: 0.2, isRight: false })]),
  drawing(5, "unassisted", 110, [shape({})]),
];
const agreements = [1, 2, 4, 5].map((patient) => ({
  image: `i${patient}`,
  patient: `p${patient}`,
  arm: patient < 3 ? ("assisted" as const) : ("unassisted" as const),
  agreement: [{ structure: "fibula", iou: patient < 3 ? 0.9 : 0.8 }],
}));

test("auditAssistance: time, changes, agreement and anchoring, by hand", () => {
  const audit = auditAssistance(drawings, agreements, OPTIONS);
  assert.deepEqual(assistanceAuditSchema.parse(audit), audit);
  assert.deepEqual(audit.patients, { assisted: 3, unassisted: 2 });
  assert.deepEqual(
    [audit.seconds.assisted.value, audit.seconds.unassisted.value, audit.seconds.difference.value],
    [40, 100, -60],
  );
  // Of so few patients many a resample lacks an arm.
  assert.equal(audit.seconds.difference.interval, null);
  assert.ok(Math.abs((audit.agreement.difference.value ?? 0) - 0.1) < 1e-12);
  const { accepted, mended, rejected } = audit.decisions;
  assert.deepEqual(
    [accepted, mended, rejected].map(({ count, total }) => [count, total]),
    [
      [2, 5],
      [2, 5],
      [1, 5],
    ],
  );
  assert.equal(audit.editDistanceMm.value, 1);
  const { wrongShapesAccepted, wrongClassesAccepted, pull } = audit.anchoring;
  assert.deepEqual([wrongShapesAccepted.count, wrongShapesAccepted.total], [1, 2]);
  assert.deepEqual([wrongClassesAccepted.count, wrongClassesAccepted.total], [1, 1]);
  assert.deepEqual([pull.assisted.value, pull.unassisted.value], [0.55, 0.2]);
});

test("auditAssistance: an arm that nobody is in has no figures, and no difference", () => {
  const assisted = drawings.filter(({ arm }) => arm === "assisted");
  const { seconds, anchoring } = auditAssistance(assisted, [], OPTIONS);
  const none = { value: null, interval: null };
  assert.deepEqual([seconds.unassisted, seconds.difference], [none, none]);
  assert.deepEqual(anchoring.pull.unassisted, none);
  const nothing = auditAssistance([], [], OPTIONS);
  assert.deepEqual(nothing.agreement.difference, none);
  assert.equal(nothing.decisions.accepted.share, null);
});

test("auditAssistance: a proposal that nobody saw is not one that was accepted", () => {
  const hidden = [
    drawing(4, "unassisted", 90, [shape({ decision: null, overlap: 1, isRight: false })]),
  ];
  const audit = auditAssistance(hidden, [], OPTIONS);
  assert.equal(audit.anchoring.wrongShapesAccepted.total, 0);
  assert.equal(audit.decisions.accepted.total, 0);
});

test("auditAssistance: intervals by patient, so that a patient's views do not count as many", () => {
  const many = Array.from({ length: 20 }, (_, i) =>
    drawing(i, i % 2 === 0 ? "assisted" : "unassisted", 40 + (i % 2) * 60 + (i % 5), []),
  );
  const width = (all: readonly AuditedDrawing[]) => {
    const { value, interval } = auditAssistance(all, [], OPTIONS).seconds.difference;
    assert.ok(interval !== null && value !== null);
    assert.ok(interval[0] <= value && value <= interval[1], `${interval}`);
    return interval[1] - interval[0];
  };
  const once = width(many);
  assert.ok(once > 0.5 && once < 6, `${once}`);
  assert.ok(Math.abs(width([...many, ...many, ...many]) - once) < 1e-9);
});

test("auditedPatients: those behind each figure, each once", () => {
  const more = [
    // What was not shown was not decided on, whatever is written of it.
    drawing(6, "unassisted", 80, [shape({ decision: "accepted" })]),
    drawing(7, "assisted", 20, [shape({ decision: "accepted" })]),
  ];
  const twice = [
    ...agreements,
    ...agreements.slice(0, 1),
    { ...agreements[0], patient: "p8", agreement: [] },
  ];
  assert.deepEqual(auditedPatients([...drawings, ...drawings.slice(0, 1), ...more], twice), {
    assisted: ["p1", "p2", "p3", "p7"],
    unassisted: ["p4", "p5", "p6"],
    accepted: ["p1", "p7"],
    mended: ["p2", "p3"],
    rejected: ["p2"],
    wrongShapesAccepted: ["p1"],
    wrongClassesAccepted: ["p3"],
    // Of the third nobody knows how long it took, of the eighth no outline can be compared.
    timed: { assisted: ["p1", "p2", "p7"], unassisted: ["p4", "p5", "p6"] },
    drawnTwice: { assisted: ["p1", "p2"], unassisted: ["p4", "p5"] },
    wrongShapes: { assisted: ["p1", "p2"], unassisted: ["p4"] },
  });
});
