/**
 * What runs in the browser when the renderers are tested: both draw the same frames, and their pixels
 * are compared. Bundled by the test; the application has nothing of it.
 */
import type { Camera } from "../view/camera.ts";
import { makeLevels, type PixelLevels } from "./pixel-levels.ts";
import type { Frame, Renderer } from "./renderer.ts";
import { createTableRenderer } from "./table-renderer.ts";
import { createWebglRenderer } from "./webgl-renderer.ts";

export interface Comparison {
  readonly what: string;
  /** Of the grey levels of any pixel. */
  readonly greatestDifference: number;
  /** Different greys that were seen: an empty picture would have one. */
  readonly greys: number;
  readonly lastPixelAlpha: number;
}

/** Hairlines, noise and a slope, to the last of 16 bits. */
function testLevels(width: number, height: number): PixelLevels {
  const pixels = new Uint16Array(width * height);
  let noise = 1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      noise = (Math.imul(noise, 1_103_515_245) + 12_345) >>> 0;
      const line = x === y || x === 37 ? 20_000 : 0;
      pixels[y * width + x] = Math.min(40 * x + 25 * y + (noise >>> 22) + line, 65_535);
    }
  }
  const window = { low: 0, high: 65_535 };
  return makeLevels(width, height, 0, { width, height, levels: pixels, top: 65_535, window });
}

const cameras: readonly (readonly [string, Camera])[] = [
  ["fitted", { scale: 0.31, scaleY: 0.31, centerX: 450.5, centerY: 600 }],
  ["made smaller by four", { scale: 0.24, scaleY: 0.24, centerX: 300, centerY: 500 }],
  ["one to one, between pixels", { scale: 1, scaleY: 1, centerX: 433.37, centerY: 555.91 }],
  ["larger", { scale: 3.7, scaleY: 3.7, centerX: 100.1, centerY: 100.7 }],
  ["squares", { scale: 9.3, scaleY: 9.3, centerX: 38.2, centerY: 40 }],
  ["over the corner", { scale: 0.9, scaleY: 0.9, centerX: 0, centerY: 1201 }],
  ["rows twice as high", { scale: 0.6, scaleY: 1.2, centerX: 450, centerY: 600 }],
];
const windows = [
  { level: 32_000, width: 60_000, inverted: false },
  { level: 21_000, width: 700, inverted: true },
  { level: 31_000.5, width: 2, inverted: false },
];

function newCanvas(): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = 301;
  canvas.height = 397;
  return canvas;
}

function pixelsOf(canvas: HTMLCanvasElement): Uint8ClampedArray {
  const copy = newCanvas().getContext("2d", { willReadFrequently: true });
  if (copy === null) throw new Error("no 2D context");
  copy.drawImage(canvas, 0, 0);
  return copy.getImageData(0, 0, canvas.width, canvas.height).data;
}

function compare(what: string, a: HTMLCanvasElement, b: HTMLCanvasElement): Comparison {
  const [ours, theirs] = [pixelsOf(a), pixelsOf(b)];
  let greatestDifference = 0;
  for (let i = 0; i < ours.length; i++) {
    greatestDifference = Math.max(greatestDifference, Math.abs(ours[i] - theirs[i]));
  }
  return {
    what,
    greatestDifference,
    greys: new Set(ours).size,
    lastPixelAlpha: ours[ours.length - 1],
  };
}

interface Pair {
  readonly webgl: Renderer;
  readonly table: Renderer;
  readonly canvases: readonly [HTMLCanvasElement, HTMLCanvasElement];
}

function makePair(listen: (state: "lost" | "restored") => void): Pair {
  const canvases = [newCanvas(), newCanvas()] as const;
  const webgl = createWebglRenderer(canvases[0], listen);
  if (webgl === undefined) throw new Error("this browser has no WebGL2");
  return { webgl, table: createTableRenderer(canvases[1]), canvases };
}

function compareFrames(): Comparison[] {
  const levels = testLevels(901, 1203);
  const { webgl, table, canvases } = makePair(() => {});
  return cameras.flatMap(([name, camera]) =>
    windows.map((window) => {
      const frame: Frame = { levels, camera, window, isMoving: false };
      webgl.draw(frame);
      table.draw(frame);
      return compare(`${name}, width ${window.width}`, ...canvases);
    }),
  );
}

export interface OnTheWay {
  /** What the table renderer said of its frame on the way. */
  readonly drawn: "fine" | "coarse";
  readonly moving: Comparison;
  readonly rested: Comparison;
}

const ways: readonly (readonly [
  string,
  { readonly dx: number; readonly dy: number; readonly zoom: number },
])[] = [
  ["panned by whole pixels", { dx: -23, dy: 41, zoom: 1 }],
  ["panned along a row", { dx: 300, dy: 0, zoom: 1 }],
  ["panned out of its sight", { dx: 5, dy: 400, zoom: 1 }],
  ["panned by parts of pixels", { dx: 7.3, dy: -5.6, zoom: 1 }],
  ["zoomed", { dx: 0, dy: 0, zoom: 1.1 }],
];

/** Each camera after a pan, and after a zoom: the table's frame on the way, and the one when it has come to rest. */
function compareOnTheWay(): OnTheWay[] {
  const levels = testLevels(901, 1203);
  const { webgl, table, canvases } = makePair(() => {});
  const [window] = windows;
  return cameras.flatMap(([name, camera]) =>
    ways.map(([how, { dx, dy, zoom }]) => {
      const moved = {
        scale: camera.scale * zoom,
        scaleY: camera.scaleY * zoom,
        centerX: camera.centerX - dx / camera.scale,
        centerY: camera.centerY - dy / camera.scaleY,
      };
      const frame = { levels, camera: moved, window, isMoving: false };
      webgl.draw(frame);
      table.draw({ ...frame, camera });
      const drawn = table.draw({ ...frame, isMoving: true });
      const moving = compare(`${name}, ${how}`, ...canvases);
      table.draw(frame);
      return { drawn, moving, rested: compare(`${name}, ${how}, at rest`, ...canvases) };
    }),
  );
}

/** The card is reset and comes back; nobody draws again but the renderer itself. */
async function compareAfterReset(): Promise<{ states: string[]; comparison: Comparison }> {
  const levels = testLevels(901, 1203);
  const states: string[] = [];
  const { webgl, table, canvases } = makePair((state) => states.push(state));
  const frame: Frame = {
    levels,
    camera: cameras[0][1],
    window: windows[0],
    isMoving: false,
  };
  webgl.draw(frame);
  table.draw(frame);
  const extension = canvases[0].getContext("webgl2")?.getExtension("WEBGL_lose_context");
  const restored = new Promise((resolve) =>
    canvases[0].addEventListener("webglcontextrestored", resolve, { once: true }),
  );
  const lost = new Promise((resolve) =>
    canvases[0].addEventListener("webglcontextlost", resolve, { once: true }),
  );
  extension?.loseContext();
  await lost;
  await new Promise((resolve) => setTimeout(resolve, 0));
  extension?.restoreContext();
  await restored;
  return { states, comparison: compare("after a reset", ...canvases) };
}

/** Milliseconds a frame of one view by each renderer, while the window or the camera changes. */
function measureFrames(width: number, height: number): Record<string, number> {
  const levels = testLevels(3000, 3000);
  const times: Record<string, number> = {};
  const canvas = (kind: "table" | "webgl") => {
    const made = newCanvas();
    made.width = width;
    made.height = height;
    return { kind, made };
  };
  for (const { kind, made } of [canvas("table"), canvas("webgl")]) {
    const renderer =
      kind === "table" ? createTableRenderer(made) : createWebglRenderer(made, () => {});
    if (renderer === undefined) continue;
    const pixel = new Uint8Array(4);
    const gl = kind === "webgl" ? made.getContext("webgl2") : null;
    for (const change of ["window", "camera"]) {
      const camera = { scale: height / 3000, scaleY: height / 3000, centerX: 1500, centerY: 1500 };
      const draw = (i: number) => {
        renderer.draw({
          levels,
          camera: change === "camera" ? { ...camera, centerX: 1500 + i } : camera,
          window: { level: 30_000 + i, width: 40_000, inverted: false },
          isMoving: change === "camera",
        });
        gl?.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
      };
      draw(0);
      const start = performance.now();
      for (let i = 1; i <= 30; i++) draw(i);
      times[`${kind}, ${change}`] = (performance.now() - start) / 30;
    }
  }
  return times;
}

Object.assign(globalThis, { compareFrames, compareOnTheWay, compareAfterReset, measureFrames });
