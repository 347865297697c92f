/**
 * The renderer without a graphics card: grey values of the visible pixels once for each camera, and a
 * table from value to grey for each window. A drag of the window touches no radiograph.
 */
import type { Camera } from "../view/camera.ts";
import type { Window } from "../view/window.ts";
import type { PixelLevels } from "./pixel-levels.ts";
import type { Frame, Renderer } from "./renderer.ts";
import { resample, type VisiblePixels } from "./resample.ts";
import { sampleView } from "./sampling.ts";
import { BLACK, fillWindowTable } from "./window-table.ts";

interface Drawn {
  readonly levels: PixelLevels;
  readonly camera: Camera;
  readonly image: ImageData;
  readonly words: Uint32Array;
  readonly visible: VisiblePixels;
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
  let drawn: Drawn | undefined;
  return {
    kind: "table",
    draw(frame) {
      if (canvas.width === 0 || canvas.height === 0) return;
      if (!isSameView(drawn, frame, canvas)) drawn = resampleFrame(frame, canvas, drawn);
      if (tableOf !== frame.window) fillWindowTable(table, frame.window);
      tableOf = frame.window;
      lookUp(drawn, table);
      context.putImageData(drawn.image, 0, 0);
    },
    dispose() {
      drawn = undefined;
    },
  };
}

function isSameView(
  drawn: Drawn | undefined,
  { levels, camera }: Frame,
  { width, height }: HTMLCanvasElement,
): drawn is Drawn {
  return (
    drawn !== undefined &&
    drawn.levels === levels &&
    drawn.camera === camera &&
    drawn.image.width === width &&
    drawn.image.height === height
  );
}

function resampleFrame(
  { levels, camera }: Frame,
  { width, height }: HTMLCanvasElement,
  before: Drawn | undefined,
): Drawn {
  const reusable = before?.image.width === width && before.image.height === height;
  const image = reusable ? before.image : new ImageData(width, height);
  const words = reusable ? before.words : new Uint32Array(image.data.buffer);
  const sampling = sampleView(levels, camera, { width, height });
  const visible = resample(sampling, width, height, before?.visible.pixels);
  // Beside the radiograph, where it does not fill the view.
  if (visible.width < width || visible.height < height) words.fill(BLACK);
  return { levels, camera, image, words, visible };
}

function lookUp({ image, words, visible }: Drawn, table: Uint32Array): void {
  const { left, top, width, height, pixels } = visible;
  let from = 0;
  for (let y = 0; y < height; y++) {
    let to = (top + y) * image.width + left;
    for (let x = 0; x < width; x++) words[to++] = table[pixels[from++]];
  }
}
