import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { liveTensors } from "@malleolus/torch";
import { openDetector } from "./detector.ts";
import { shippedDetector } from "./shipped-detector.ts";
import { shrinkDetector } from "./shrink-detector.ts";

const folder = mkdtempSync(join(tmpdir(), "malleolus-shipped-"));
after(() => rmSync(folder, { recursive: true }));

/** A light bar across a dark ground. */
const radiograph = {
  width: 320,
  height: 400,
  pixels: Float32Array.from({ length: 320 * 400 }, (_, i) =>
    Math.abs((i % 320) - 160) < 30 ? 0.7 : 0.2,
  ),
};

test("shippedDetector: opens, knows what is sound, and decides a patient's class", () => {
  const path = shippedDetector();
  assert.ok(path !== null);
  assert.ok(statSync(path).size < 10e6, "the repository holds at most 10 MB of it");
  const before = liveTensors();
  const detector = openDetector(path);
  assert.deepEqual(detector.classes, ["weber_a", "weber_b", "weber_c", "no_fracture"]);
  assert.equal(detector.soundClass, "no_fracture");
  assert.equal(detector.decision?.noFractureClass, "no_fracture");
  const { classScores } = detector.analyze(radiograph);
  assert.deepEqual(Object.keys(classScores), [...detector.classes]);
  detector.close();
  assert.equal(liveTensors(), before);
});

test("shrinkDetector: what is small already stays as it is, and finds the same", () => {
  const path = shippedDetector();
  assert.ok(path !== null);
  const copy = join(folder, "copy.safetensors");
  shrinkDetector(path, copy);
  assert.equal(statSync(copy).size, statSync(path).size);
  const [first, second] = [path, copy].map((file) => {
    const detector = openDetector(file);
    const analysis = detector.analyze(radiograph);
    detector.close();
    return analysis;
  });
  assert.deepEqual(second, first);
});
