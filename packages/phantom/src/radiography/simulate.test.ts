import assert from "node:assert/strict";
import { test } from "node:test";
import { intersectBoxes, maskArea, maskBounds } from "@malleolus/geometry";
import { buildAnkle } from "../anatomy/ankle.ts";
import { fibulaAxis } from "../anatomy/fibula.ts";
import { samplePatient } from "../patient/patient.ts";
import { projectPoint } from "./camera.ts";
import { simulateRadiograph } from "./simulate.ts";
import { fractureTruth } from "./truth.ts";
import { sampleView } from "./view.ts";
import { externalXrayUnit, internalXrayUnit, withPitch } from "./xray-units.ts";

const xrayUnit = withPitch(internalXrayUnit, 0.6);
const broken = buildAnkle(samplePatient("simulate", { weberClass: "B", exclusion: null }));
const sound = buildAnkle(samplePatient("simulate", { weberClass: null, exclusion: null }));

test("simulateRadiograph: the same ankle, view and X-ray unit give the same image to the last bit", () => {
  const again = buildAnkle(samplePatient("simulate", { weberClass: "B", exclusion: null }));
  const first = simulateRadiograph(broken, "mortise", xrayUnit);
  assert.deepEqual(simulateRadiograph(again, "mortise", xrayUnit), first);
  const other = simulateRadiograph(broken, "mortise", withPitch(externalXrayUnit, 0.6));
  assert.notDeepEqual(other.pixels, first.pixels);
});

test("simulateRadiograph: values are displayed ones and bone is brighter than air", () => {
  const { pixels, truth } = simulateRadiograph(sound, "ap", xrayUnit);
  let [bone, count] = [0, 0];
  for (let i = 0; i < pixels.length; i++) {
    assert.ok(pixels[i] >= 0 && pixels[i] <= 1);
    if (truth.tibia.data[i] === 1) {
      bone += pixels[i];
      count++;
    }
  }
  assert.ok(bone / count > 0.45, `tibia ${bone / count}`);
  assert.ok(pixels.reduce((sum, value) => sum + value, 0) / pixels.length < 0.4);
});

test("imageTruth: a fracture lies on the fibula, an unbroken fibula is cut at 60 mm", () => {
  const { truth } = simulateRadiograph(broken, "mortise", xrayUnit);
  assert.ok(truth.fracture !== null && truth.fractureBox !== null);
  assert.equal(truth.noFracture, null);
  assert.deepEqual(maskBounds(truth.fracture), truth.fractureBox);
  let onBone = 0;
  for (let i = 0; i < truth.fracture.data.length; i++) {
    onBone += truth.fracture.data[i] & truth.fibula.data[i];
  }
  assert.ok(onBone > 0.6 * maskArea(truth.fracture), "most of the band covers bone");

  const whole = simulateRadiograph(sound, "mortise", xrayUnit).truth;
  assert.equal(whole.fracture, null);
  assert.ok(whole.noFracture !== null && whole.noFractureBox !== null);
  assert.ok(maskArea(whole.noFracture) < maskArea(whole.fibula));
  const { camera } = sampleView(sound.patient, "mortise", xrayUnit);
  const { shape } = sound.patient;
  const [x, y] = fibulaAxis(shape)(60 / shape.scale);
  const [, top] = projectPoint(camera, [x * shape.scale, y * shape.scale, 60]);
  assert.ok(Math.abs(whole.noFractureBox[1] - top) < 6, `${whole.noFractureBox[1]} near ${top}`);
});

test("imageTruth: boxes hold where the fracture's axis point is projected to", () => {
  const { fracture, shape } = broken.patient;
  assert.ok(fracture !== null);
  for (const view of ["ap", "mortise", "lateral"] as const) {
    const { truth } = simulateRadiograph(broken, view, xrayUnit);
    assert.ok(truth.fractureBox !== null);
    const [x, y] = fibulaAxis(shape)(fracture.level);
    const { camera } = sampleView(broken.patient, view, xrayUnit);
    const { scale } = shape;
    const [u, v] = projectPoint(camera, [x * scale, y * scale, fracture.level * scale]);
    const around = intersectBoxes(truth.fractureBox, [u - 12, v - 12, u + 12, v + 12]);
    assert.ok(around[2] > around[0] && around[3] > around[1], `${view}: ${truth.fractureBox}`);
  }
});

test("fractureTruth: the class follows from where the line runs, as it was asked for", () => {
  for (const weberClass of ["A", "B", "C"] as const) {
    for (let i = 0; i < 3; i++) {
      const ankle = buildAnkle(samplePatient(`class ${i}`, { weberClass, exclusion: null }));
      const truth = fractureTruth(ankle);
      assert.ok(truth !== null);
      assert.equal(truth.weberClass, weberClass, JSON.stringify(truth));
    }
  }
  assert.equal(fractureTruth(sound), null);
});

test("buildAnkle: every surface is closed, or rays would leave streaks", () => {
  for (const ankle of [broken, sound]) {
    for (const { mesh } of [...ankle.bodies, ...ankle.fibula]) {
      assert.ok(mesh.length > 0);
      const open = [0, 0, 0];
      for (let i = 0; i < mesh.length; i += 9) {
        for (let axis = 0; axis < 3; axis++) {
          const [p, q] = [(axis + 1) % 3, (axis + 2) % 3];
          open[axis] +=
            (mesh[i + 3 + p] - mesh[i + p]) * (mesh[i + 6 + q] - mesh[i + q]) -
            (mesh[i + 3 + q] - mesh[i + q]) * (mesh[i + 6 + p] - mesh[i + p]);
        }
      }
      for (const area of open) assert.ok(Math.abs(area) < 0.05, `${open} mm² are missing`);
    }
  }
});
