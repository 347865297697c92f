import assert from "node:assert/strict";
import { test } from "node:test";
import type { Outline } from "@malleolus/schema";
import type { SeenProposals, SeenShape } from "@malleolus/studies";
import { MENDING, mendProposals, type OwnDrawing, secondsAlone } from "./simulated-mending.ts";

const MODEL = { sha256: "a1".repeat(32), name: "preliminary", version: "1" };
const OFFER = { prelabel: 4, model: MODEL, at: "2026-01-01", decision: null };
const SIZE = { width: 200, height: 240 };

function outline(structure: string, x: number): Outline {
  return { structure, polygons: [[x, 10, x + 40, 10, x + 40, 200, x, 200]] };
}

function offered(shapes: readonly Outline[], class_?: string): SeenProposals {
  const seen = shapes.map(
    ({ structure, polygons }): SeenShape => ({
      ...OFFER,
      structure,
      polygons,
      line: null,
      score: 0.9,
    }),
  );
  const probabilities = { weber_a: 0.3, weber_b: 0.7 };
  const proposed =
    class_ === undefined ? null : { ...OFFER, class: class_, probability: 0.7, probabilities };
  return { shapes: seen, class: proposed, view: null, side: null, isOther: false };
}

function mend(own: OwnDrawing, given: SeenProposals, seed = "annotator-1 image", name = "weber_b") {
  const seen = { offered: given, class: name, noFractureClass: "no_fracture", size: SIZE, seed };
  return mendProposals(own, seen);
}

const BROKEN: OwnDrawing = {
  visibility: "easy",
  outlines: [outline("fibula", 20), outline("fracture", 25)],
};

test("mendProposals: what is near to the own drawing is accepted as it is, and saves time", () => {
  const near = [outline("fibula", 21), outline("fracture", 27)];
  const mended = mend(BROKEN, offered(near, "weber_b"));
  assert.deepEqual(
    mended.decisions.map(({ is }) => is),
    ["accepted", "accepted", "accepted"],
  );
  assert.deepEqual(mended.outlines, near);
  assert.ok(mended.seconds < secondsAlone(BROKEN));
});

test("mendProposals: of a thousand that are not near, as many are accepted as the bias says", () => {
  const far = offered([outline("fibula", 40)], "weber_a");
  const led = { shape: 0, class: 0 };
  for (let i = 0; i < 1000; i++) {
    const mended = mend(BROKEN, far, `annotator-1 image ${i}`);
    const [shape, class_] = mended.decisions;
    const drawn = mended.outlines.find(({ structure }) => structure === "fibula");
    assert.deepEqual(drawn, outline("fibula", shape.is === "accepted" ? 40 : 20));
    assert.ok(class_.of === "class");
    assert.equal(class_.class, class_.is === "accepted" ? "weber_a" : "weber_b");
    if (shape.is === "accepted") led.shape++;
    if (class_.is === "accepted") led.class++;
  }
  for (const count of [led.shape, led.class]) {
    // Four standard deviations.
    const off = 4 * Math.sqrt(1000 * MENDING.acceptingBias * (1 - MENDING.acceptingBias));
    assert.ok(Math.abs(count - 1000 * MENDING.acceptingBias) < off, `${count}`);
  }
});

test("mendProposals: what contradicts the case's class is rejected, whoever is led", () => {
  const sound: OwnDrawing = { visibility: null, outlines: [outline("no_fracture", 20)] };
  for (let i = 0; i < 50; i++) {
    const given = offered([outline("fracture", 25)]);
    const { decisions, outlines, visibility } = mend(sound, given, `${i}`, "no_fracture");
    assert.deepEqual(
      decisions.map((one) => [one.is, one.of === "shape" ? one.why : null]),
      [["rejected", "nothing there"]],
    );
    assert.deepEqual([outlines, visibility], [sound.outlines, null]);
  }
});

test("mendProposals: a fracture that one accepts where one saw none is a subtle one", () => {
  const unseen: OwnDrawing = { visibility: "impossible", outlines: [outline("fibula", 20)] };
  const given = offered([outline("fracture", 25)]);
  const all = Array.from({ length: 50 }, (_, i) => mend(unseen, given, `${i}`));
  const led = all.filter(({ decisions }) => decisions[0].is === "accepted");
  assert.ok(led.length > 0 && led.length < 50, `${led.length}`);
  assert.ok(led.every(({ visibility }) => visibility === "difficult"));
  const others = all.filter((one) => !led.includes(one));
  assert.ok(others.every(({ visibility }) => visibility === "impossible"));
});

test("mendProposals: what is not offered is drawn from nothing, and takes as long", () => {
  const mended = mend(BROKEN, offered([]));
  assert.deepEqual([mended.outlines, mended.decisions], [BROKEN.outlines, []]);
  assert.equal(mended.seconds, secondsAlone(BROKEN));
});
