/**
 * The geometry of tube, ankle and detector: a point source, a flat detector, and the ankle turned about
 * its own long axis, tilted in the image and moved.
 *
 * View frame: u to the right of the image, v down, d from the source to the detector, in mm, its
 * origin at the point of the ankle that the central ray meets.
 */
import type { Box } from "@malleolus/geometry";
import type { Point } from "../anatomy/field.ts";

export interface Camera {
  /** From the ankle's frame to (u, v, d), row by row; a left ankle is mirrored here. */
  readonly rotation: Float64Array;
  /** -1 where the image is mirrored. */
  readonly handedness: 1 | -1;
  /** The point of the ankle on the central ray. */
  readonly center: Point;
  readonly sourceToDetectorMm: number;
  /** From that point to the detector. */
  readonly objectToDetectorMm: number;
  /** Of the detector's pixels, which are square. */
  readonly pitchMm: number;
  /** Pixels of the image, and the one that the central ray meets. */
  readonly width: number;
  readonly height: number;
  readonly principalX: number;
  readonly principalY: number;
}

export interface CameraPlacement extends Omit<Camera, "rotation" | "handedness"> {
  /**
   * Turn of the leg about its long axis from the mortise position, in degrees: internal rotation is
   * positive. 0 looks along the mortise, about -19 from the front, about -103 from the medial side.
   */
  readonly internalRotationDegrees: number;
  /** Turn within the image, clockwise. */
  readonly rollDegrees: number;
  /** Tilt of the leg's upper end towards the source. */
  readonly tiltDegrees: number;
  readonly side: "left" | "right";
  /** Mirrored left to right, as lateral views are hung either way. */
  readonly mirrored: boolean;
}

/** The camera for a placement. */
export function placeCamera(placement: CameraPlacement): Camera {
  const radians = Math.PI / 180;
  const turn = placement.internalRotationDegrees * radians;
  const tilt = placement.tiltDegrees * radians;
  const roll = placement.rollDegrees * radians;
  // Seen from the front, a right ankle's lateral side is at the left of the image.
  const mirror = (placement.side === "left") !== placement.mirrored ? -1 : 1;
  const [cosT, sinT] = [Math.cos(turn), Math.sin(turn)];
  // Internal rotation carries the lateral side (x) forward (y), against the source.
  const lateral = [cosT, -sinT, 0];
  const anterior = [sinT, cosT, 0];
  const [cosA, sinA] = [Math.cos(tilt), Math.sin(tilt)];
  const right = lateral.map((value) => -mirror * value);
  const down = [sinA * anterior[0], sinA * anterior[1], -cosA];
  const away = [-cosA * anterior[0], -cosA * anterior[1], -sinA];
  const [cosR, sinR] = [Math.cos(roll), Math.sin(roll)];
  const rotation = Float64Array.from([
    ...right.map((value, i) => cosR * value - sinR * down[i]),
    ...down.map((value, i) => cosR * value + sinR * right[i]),
    ...away,
  ]);
  return { ...placement, rotation, handedness: mirror };
}

/** Pixel coordinates of a point of the ankle. */
export function projectPoint(camera: Camera, point: Point): [x: number, y: number] {
  const { rotation: m, center, sourceToDetectorMm, objectToDetectorMm, pitchMm } = camera;
  const [x, y, z] = point.map((value, axis) => value - center[axis]);
  const depth = sourceToDetectorMm - objectToDetectorMm + m[6] * x + m[7] * y + m[8] * z;
  const scale = sourceToDetectorMm / depth / pitchMm;
  return [
    camera.principalX + (m[0] * x + m[1] * y + m[2] * z) * scale,
    camera.principalY + (m[3] * x + m[4] * y + m[5] * z) * scale,
  ];
}

/** Millimetres at the central point's depth that a pixel covers. */
export function spacingAtCenterMm(camera: Camera): number {
  const { pitchMm, sourceToDetectorMm, objectToDetectorMm } = camera;
  return (pitchMm * (sourceToDetectorMm - objectToDetectorMm)) / sourceToDetectorMm;
}

/** The camera of the part of an image within a box of whole pixels. */
export function cropCamera(camera: Camera, [x1, y1, x2, y2]: Box): Camera {
  return {
    ...camera,
    width: x2 - x1,
    height: y2 - y1,
    principalX: camera.principalX - x1,
    principalY: camera.principalY - y1,
  };
}
