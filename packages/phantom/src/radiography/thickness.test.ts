import assert from "node:assert/strict";
import { test } from "node:test";
import { ellipsoid } from "../anatomy/field.ts";
import { meshSolids } from "../anatomy/mesh.ts";
import { type CameraPlacement, placeCamera, projectPoint } from "./camera.ts";
import { projectThickness } from "./thickness.ts";

const placement: CameraPlacement = {
  center: [0, 0, 0],
  sourceToDetectorMm: 1100,
  objectToDetectorMm: 50,
  pitchMm: 0.2,
  width: 220,
  height: 200,
  principalX: 110,
  principalY: 100,
  internalRotationDegrees: 0,
  rollDegrees: 0,
  tiltDegrees: 0,
  side: "right",
  mirrored: false,
};

const half = (): Float32Array => {
  const ball = ellipsoid([0, 0, 0], [15, 15, 15]);
  const [mesh] = meshSolids(
    (x, y, z, values) => {
      values[0] = ball(x, y, z);
      values[1] = y - 3;
    },
    2,
    [
      [
        { channel: 0, sign: 1, offset: 0 },
        { channel: 1, sign: 1, offset: 0 },
      ],
    ],
    { min: [-17, -17, -17], max: [17, 17, 17] },
    0.7,
  );
  return new Float32Array(mesh);
};

test("projectThickness: the projected mass is the solid's volume from every side", () => {
  const mesh = half();
  // A ball of radius 15 without the cap beyond y = 3.
  const cap = (Math.PI * 12 ** 2 * (3 * 15 - 12)) / 3;
  const volume = (4 / 3) * Math.PI * 15 ** 3 - cap;
  for (const [turn, tilt, samples, mirrored] of [
    [0, 0, 1, false],
    [40, 3, 1, true],
    [90, 0, 1, false],
    [200, -5, 2, true],
  ] as const) {
    // From afar, so that the beam is parallel and areas need no correction.
    const camera = placeCamera({
      ...placement,
      internalRotationDegrees: turn,
      tiltDegrees: tilt,
      mirrored,
      sourceToDetectorMm: 1e6,
      objectToDetectorMm: 0,
    });
    const { mm } = projectThickness([mesh], camera, samples);
    const mass = mm.reduce((sum, value) => sum + value, 0) * camera.pitchMm ** 2;
    assert.ok(Math.abs(mass / volume - 1) < 0.003, `${turn} degrees: ${mass} of ${volume}`);
  }
});

test("projectThickness: the window keeps to the image, and what lies outside of it costs nothing", () => {
  const beside = placeCamera({ ...placement, principalX: 5 });
  const map = projectThickness([half()], beside);
  assert.equal(map.left, 0);
  assert.ok(map.width < 110);
  const away = placeCamera({ ...placement, principalX: -500 });
  assert.equal(projectThickness([half()], away).mm.length, 0);
});

test("placeCamera: views as they are hung", () => {
  const at = (change: Partial<CameraPlacement>, point: readonly [number, number, number]) => {
    const [x, y] = projectPoint(placeCamera({ ...placement, ...change }), point);
    return [Math.sign(Math.round(x - 110)), Math.sign(Math.round(y - 100))];
  };
  assert.deepEqual(at({}, [10, 0, 0]), [-1, 0], "a right fibula lies at the left");
  assert.deepEqual(at({ side: "left" }, [10, 0, 0]), [1, 0], "a left fibula at the right");
  assert.deepEqual(at({}, [0, 0, 10]), [0, -1], "the knee is up");
  assert.deepEqual(at({}, [0, 10, 0]), [0, 0], "what lies forward lies on the central ray");
  assert.deepEqual(at({ internalRotationDegrees: -19 }, [0, 10, 0]), [-1, 0]);
  const lateral = { internalRotationDegrees: -90 };
  assert.deepEqual(at(lateral, [0, 10, 0]), [-1, 0], "lateral: toes left");
  assert.deepEqual(at({ ...lateral, mirrored: true }, [0, 10, 0]), [1, 0], "or right");
  const { rotation } = placeCamera({ ...placement, ...lateral });
  assert.ok(rotation[6] > 0.99, "mediolateral: the fibula is next to the detector");
});
