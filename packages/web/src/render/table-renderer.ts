/**
 * The renderer without a graphics card: grey values of the visible pixels once for each camera, and a
 * table from value to grey for each window. A drag of the window touches no radiograph.
 *
 * A picture that moves by whole pixels is shifted, and only what comes into sight is computed. One that moves
 * otherwise, or is zoomed, shows the nearest pixels on its way, at a quarter of the work, until it rests.
 */
import type { Window } from "../view/window.ts";
import type { PixelLevels } from "./pixel-levels.ts";
import type { Frame, Renderer } from "./renderer.ts";
import { type Area, resample, shownArea } from "./resample.ts";
import { type Move, movedSampling, type Sampling, sampleView, wholeMove } from "./sampling.ts";
import { BLACK, fillWindowTable } from "./window-table.ts";

/** What the canvas shows. */
interface Picture {
  readonly levels: PixelLevels;
  readonly sampling: Sampling;
  readonly image: ImageData;
  /** The image's pixels, a word each. */
  readonly words: Uint32Array;
  /** Grey values of the whole view; those beside the radiograph mean nothing. */
  readonly pixels: Uint16Array;
  /** Moved ones lie a little beside; of the nearest pixels there are words alone, no grey values. */
  readonly is: "exact" | "moved" | "nearest";
}

/** Throws where the canvas already has a context of another kind. */
export function createTableRenderer(canvas: HTMLCanvasElement): Renderer {
  // Pixels come from the processor at every frame: a canvas on a card would be sent them each time.
  const context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
  if (context === null) {
    throw new Error(
      "table renderer: expected a canvas with a 2D context, got none; reload the page",
    );
  }
  const table = new Uint32Array(65_536);
  let tableOf: Window | undefined;
  let picture: Picture | undefined;
  return {
    kind: "table",
    draw(frame) {
      if (canvas.width === 0 || canvas.height === 0) return "fine";
      const isSameWindow = tableOf === frame.window;
      if (!isSameWindow) fillWindowTable(table, frame.window);
      tableOf = frame.window;
      picture = nextPicture(picture, frame, canvas, { table, isSameWindow });
      context.putImageData(picture.image, 0, 0);
      return picture.is === "exact" ? "fine" : "coarse";
    },
    dispose() {
      picture = undefined;
    },
  };
}

interface Greys {
  readonly table: Uint32Array;
  readonly isSameWindow: boolean;
}

function nextPicture(
  before: Picture | undefined,
  { levels, camera, isMoving }: Frame,
  { width, height }: HTMLCanvasElement,
  { table, isSameWindow }: Greys,
): Picture {
  const sampling = sampleView(levels, camera, { width, height });
  const all = { left: 0, top: 0, right: width, bottom: height };
  const isSameSize = before?.image.width === width && before.image.height === height;
  const store = isSameSize ? before : emptyPicture(width, height);
  if (isSameSize && before.levels === levels && before.is !== "nearest") {
    const move = wholeMove(before.sampling, sampling);
    if (move !== null && !isFar(move, all) && (isMoving || move.isExact)) {
      const is = before.is === "exact" && move.isExact ? "exact" : "moved";
      const moved = { ...before, sampling: movedSampling(before.sampling, move), is } as const;
      for (const area of shift(moved, move, all)) fill(moved, area, table);
      if (!isSameWindow) lookUp(moved, all, table);
      return moved;
    }
  }
  const next = { ...store, levels, sampling, is: isMoving ? "nearest" : "exact" } as const;
  if (isMoving) showNearest(next, all, table);
  else fill(next, all, table);
  return next;
}

function emptyPicture(width: number, height: number): Pick<Picture, "image" | "words" | "pixels"> {
  const image = new ImageData(width, height);
  const words = new Uint32Array(image.data.buffer);
  return { image, words, pixels: new Uint16Array(width * height) };
}

/** Nothing of what is there stays in sight. */
function isFar({ x, y }: Move, { right, bottom }: Area): boolean {
  return Math.abs(x) >= right || Math.abs(y) >= bottom;
}

/** Moves what is there, and says what has come into sight. */
function shift(
  { words, pixels }: Picture,
  { x, y }: Move,
  { right: width, bottom: height }: Area,
): Area[] {
  // A row's end moves to the next row's beginning, which has come into sight and is computed.
  const by = y * width + x;
  for (const values of [words, pixels]) values.copyWithin(Math.max(-by, 0), Math.max(by, 0));
  const columns = {
    left: x > 0 ? width - x : 0,
    right: x > 0 ? width : -x,
    top: 0,
    bottom: height,
  };
  const rows = { left: 0, right: width, top: y > 0 ? height - y : 0, bottom: y > 0 ? height : -y };
  return [...(x === 0 ? [] : [columns]), ...(y === 0 ? [] : [rows])];
}

function fill(picture: Picture, area: Area, table: Uint32Array): void {
  const { sampling, pixels, image } = picture;
  resample(sampling, shownArea(sampling, area), pixels, image.width);
  lookUp(picture, area, table);
}

function lookUp({ sampling, image, words, pixels }: Picture, area: Area, table: Uint32Array): void {
  const { left, top, right, bottom } = shownArea(sampling, area);
  blackenBeside(words, image.width, area, { left, top, right, bottom });
  for (let y = top; y < bottom; y++) {
    const end = y * image.width + right;
    for (let i = y * image.width + left; i < end; i++) words[i] = table[pixels[i]];
  }
}

/** Levels are rounded up, so that what shows the radiograph lies on one. */
function showNearest({ sampling, image, words }: Picture, area: Area, table: Uint32Array): void {
  const { level, x, y } = sampling;
  const { left, top, right, bottom } = shownArea(sampling, area);
  blackenBeside(words, image.width, area, { left, top, right, bottom });
  const { pixels } = level;
  const first = x.base + left * x.step;
  const { step } = x;
  let shown = -1;
  for (let row = top; row < bottom; row++) {
    const start = ((y.base + row * y.step) >> 16) * level.width;
    const begin = row * image.width + left;
    const end = row * image.width + right;
    if (start === shown) words.copyWithin(begin, begin - image.width, end - image.width);
    else {
      let at = first;
      for (let i = begin; i < end; i++) {
        words[i] = table[pixels[start + (at >> 16)]];
        // Whole numbers, which the engine keeps in a register.
        at = (at + step) | 0;
      }
    }
    shown = start;
  }
}

/** Where the radiograph does not fill an area. */
function blackenBeside(words: Uint32Array, viewWidth: number, area: Area, shown: Area): void {
  for (let y = area.top; y < area.bottom; y++) {
    const row = y * viewWidth;
    if (y < shown.top || y >= shown.bottom) words.fill(BLACK, row + area.left, row + area.right);
    else {
      words.fill(BLACK, row + area.left, row + shown.left);
      words.fill(BLACK, row + shown.right, row + area.right);
    }
  }
}
