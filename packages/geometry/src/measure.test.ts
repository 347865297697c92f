import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Measured,
  measureAngle,
  measureBetweenLines,
  measureLength,
  measurePerpendicular,
} from "./measure.ts";

function check(found: Measured, value: number, unit: Measured["unit"]): void {
  assert.equal(found.unit, unit);
  assert.ok(Math.abs(found.value - value) < 1e-9, `${found.value} instead of ${value}`);
}

test("measureLength: in pixels without a spacing, in millimetres with one, row before column", () => {
  check(measureLength([1, 1], [4, 5], null), 5, "px");
  check(measureLength([0, 0], [10, 0], [0.1, 0.2]), 2, "mm");
  check(measureLength([0, 0], [0, 10], [0.1, 0.2]), 1, "mm");
});

test("measureAngle: at the vertex, with the spacing's shape of a pixel", () => {
  check(measureAngle([5, 0], [0, 0], [0, 7], null), 90, "degrees");
  check(measureAngle([1, 0], [0, 0], [-1, 0], null), 180, "degrees");
  check(measureAngle([1, 0], [0, 0], [1, 1], null), 45, "degrees");
  check(measureAngle([1, 0], [0, 0], [1, 1], [Math.sqrt(3), 1]), 60, "degrees");
});

test("measureBetweenLines: the smaller angle, whichever way the lines were clicked", () => {
  const level = [
    [0, 0],
    [10, 0],
  ] as const;
  const tilted = [
    [0, 3],
    [10, 4],
  ] as const;
  const tilt = (Math.atan(0.1) * 180) / Math.PI;
  check(measureBetweenLines(level, tilted, null), tilt, "degrees");
  check(measureBetweenLines(level, [tilted[1], tilted[0]], null), tilt, "degrees");
});

test("measurePerpendicular: from the line, beyond its ends too; from a point where there is no line", () => {
  const line = [
    [0, 0],
    [10, 0],
  ] as const;
  check(measurePerpendicular(line, [50, 4], null), 4, "px");
  check(measurePerpendicular(line, [50, -4], [0.5, 0.25]), 2, "mm");
  check(measurePerpendicular([line[0], line[0]], [3, 4], null), 5, "px");
});
