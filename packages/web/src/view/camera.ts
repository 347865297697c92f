/**
 * Where a view looks at its radiograph: pure functions from one camera to the next.
 *
 * Image coordinates are pixels of the full radiograph, as everywhere; view coordinates are pixels of
 * the view's canvas (device pixels). A camera names the point of the image in the middle of the view
 * and how many view pixels a column is wide. Radiographs whose pixels are not square keep their shape:
 * a row is `pixelAspect` times as high as a column is wide.
 */

export interface ImageGeometry {
  readonly width: number;
  readonly height: number;
  /** Millimetres from column to column; null where nothing is known. */
  readonly columnSpacingMm: number | null;
  /** Height of a pixel over its width. */
  readonly pixelAspect: number;
}

export interface Viewport {
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Camera {
  /** View pixels for each column of the image. */
  readonly scale: number;
  /** View pixels for each row. */
  readonly scaleY: number;
  /** The point of the image in the middle of the view. */
  readonly centerX: number;
  readonly centerY: number;
}

/** Nearer than this a single pixel fills the view and nothing is to be learned. */
const GREATEST_SCALE = 64;
/** A small part of a radiograph is shown in its surroundings. */
const SHARE_OF_EXTENT = 0.6;
const NEAREST_OF_EXTENT = 6;
/** A view may be zoomed out to this share of the fitted size. */
const LEAST_SHARE_OF_FIT = 0.25;

/** The whole radiograph, as large as the view allows. */
export function fitCamera(image: ImageGeometry, viewport: Viewport): Camera {
  const scale = fitScale(image, viewport);
  return {
    scale,
    scaleY: scale * image.pixelAspect,
    centerX: image.width / 2,
    centerY: image.height / 2,
  };
}

/** Columns and rows of an image. */
export interface Extent {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** A part of the radiograph in the middle, with some of what lies around it; never farther than the whole of it. */
export function showExtent(
  image: ImageGeometry,
  viewport: Viewport,
  { left, top, right, bottom }: Extent,
): Camera {
  const wanted = Math.min(
    viewport.width / Math.max(right - left, 1),
    viewport.height / Math.max((bottom - top) * image.pixelAspect, 1),
  );
  const nearest = Math.max(NEAREST_OF_EXTENT, fitScale(image, viewport));
  const share = wanted * SHARE_OF_EXTENT;
  const scale = Math.min(Math.max(share, fitScale(image, viewport)), nearest);
  const middle = { centerX: (left + right) / 2, centerY: (top + bottom) / 2 };
  return keepInSight({ scale, scaleY: scale * image.pixelAspect, ...middle }, image);
}

/** Zoomed by `factor`, with what lies under a point of the view staying there. */
export function zoomAt(
  camera: Camera,
  image: ImageGeometry,
  viewport: Viewport,
  point: Point,
  factor: number,
): Camera {
  const scale = limitScale(camera.scale * factor, image, viewport);
  const fixed = viewToImage(camera, viewport, point);
  const scaleY = scale * image.pixelAspect;
  return keepInSight(
    {
      scale,
      scaleY,
      centerX: fixed.x - (point.x - viewport.width / 2) / scale,
      centerY: fixed.y - (point.y - viewport.height / 2) / scaleY,
    },
    image,
  );
}

/** The same middle at another scale. */
export function scaleTo(
  camera: Camera,
  image: ImageGeometry,
  viewport: Viewport,
  scale: number,
): Camera {
  const middle = { x: viewport.width / 2, y: viewport.height / 2 };
  return zoomAt(camera, image, viewport, middle, scale / camera.scale);
}

/** Dragged by view pixels: what was under the pointer stays under it. */
export function panBy(camera: Camera, image: ImageGeometry, dx: number, dy: number): Camera {
  return keepInSight(
    {
      ...camera,
      centerX: camera.centerX - dx / camera.scale,
      centerY: camera.centerY - dy / camera.scaleY,
    },
    image,
  );
}

/** The same point in the middle after the view's size has changed; a fitted view stays fitted. */
export function resizeCamera(
  camera: Camera,
  image: ImageGeometry,
  before: Viewport,
  after: Viewport,
): Camera {
  if (isFitted(camera, image, before)) return fitCamera(image, after);
  return { ...camera, ...limitedScales(camera.scale, image, after) };
}

export function isFitted(camera: Camera, image: ImageGeometry, viewport: Viewport): boolean {
  const fitted = fitCamera(image, viewport);
  return (
    Math.abs(camera.scale / fitted.scale - 1) < 1e-6 &&
    Math.abs(camera.centerX - fitted.centerX) < 1e-6 &&
    Math.abs(camera.centerY - fitted.centerY) < 1e-6
  );
}

/**
 * The camera of a linked view after its leader has moved from `before` to `after`: zoomed to as many
 * view pixels a millimetre, and panned by as many millimetres. Where a spacing is unknown both follow
 * by the same factor and the same number of view pixels.
 */
export function followCamera(
  follower: { readonly camera: Camera; readonly image: ImageGeometry; readonly viewport: Viewport },
  leader: { readonly before: Camera; readonly after: Camera; readonly image: ImageGeometry },
): Camera {
  const { camera, image, viewport } = follower;
  const [ours, theirs] = [image.columnSpacingMm, leader.image.columnSpacingMm];
  const known = ours !== null && theirs !== null;
  const zoomed = leader.after.scale !== leader.before.scale;
  const target = known
    ? (leader.after.scale / theirs) * ours
    : camera.scale * (leader.after.scale / leader.before.scale);
  const scale = zoomed ? limitScale(target, image, viewport) : camera.scale;
  const scaleY = scale * image.pixelAspect;
  // The leader's way over its image, in view pixels of its new scale.
  const dx = (leader.after.centerX - leader.before.centerX) * leader.after.scale;
  const dy = (leader.after.centerY - leader.before.centerY) * leader.after.scaleY;
  const share = known ? scale / ours / (leader.after.scale / theirs) : 1;
  return keepInSight(
    {
      scale,
      scaleY,
      centerX: camera.centerX + (dx * share) / scale,
      centerY: camera.centerY + (dy * share) / scaleY,
    },
    image,
  );
}

export function imageToView(camera: Camera, viewport: Viewport, { x, y }: Point): Point {
  return {
    x: (x - camera.centerX) * camera.scale + viewport.width / 2,
    y: (y - camera.centerY) * camera.scaleY + viewport.height / 2,
  };
}

export function viewToImage(camera: Camera, viewport: Viewport, { x, y }: Point): Point {
  return {
    x: camera.centerX + (x - viewport.width / 2) / camera.scale,
    y: camera.centerY + (y - viewport.height / 2) / camera.scaleY,
  };
}

function fitScale(image: ImageGeometry, viewport: Viewport): number {
  return Math.min(
    viewport.width / image.width,
    viewport.height / (image.height * image.pixelAspect),
  );
}

function limitScale(scale: number, image: ImageGeometry, viewport: Viewport): number {
  const least = fitScale(image, viewport) * LEAST_SHARE_OF_FIT;
  return Math.min(Math.max(scale, least), Math.max(GREATEST_SCALE, least));
}

function limitedScales(scale: number, image: ImageGeometry, viewport: Viewport) {
  const limited = limitScale(scale, image, viewport);
  return { scale: limited, scaleY: limited * image.pixelAspect };
}

/** The middle of the view stays on the radiograph, so that it cannot be lost. */
function keepInSight(camera: Camera, image: ImageGeometry): Camera {
  return {
    ...camera,
    centerX: Math.min(Math.max(camera.centerX, 0), image.width),
    centerY: Math.min(Math.max(camera.centerY, 0), image.height),
  };
}
