/**
 * Which renderer a computer gets, from what its browser says of its graphics and how long a frame
 * took there. Browsers without a graphics card offer WebGL2 by software, at 24 to 54 ms a frame where
 * the table needs 5 to 8.
 */
import type { RendererKind } from "./renderer.ts";

export interface GraphicsTrial {
  /** The renderer's name as the browser gives it, e.g. `ANGLE (NVIDIA, …)`; empty where it does not. */
  readonly rendererName: string;
  readonly greatestTextureSide: number;
  /** One frame of a view from pointer to pixels. */
  readonly frameMs: number;
}

/** Names of renderers that draw on the processor. */
const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render|mesa offscreen/i;
/** Three views of this are still a frame of 60 a second. */
const SLOWEST_FRAME_MS = 5;
const LEAST_TEXTURE_SIDE = 4096;

/** Whether a name says that no graphics card is behind it; nothing is then worth measuring. */
export function isSoftware(rendererName: string): boolean {
  return SOFTWARE.test(rendererName);
}

/** Nothing was tried where the browser has no WebGL2. */
export function chooseRenderer(trial: GraphicsTrial | undefined): RendererKind {
  if (trial === undefined) return "table";
  if (isSoftware(trial.rendererName)) return "table";
  if (trial.greatestTextureSide < LEAST_TEXTURE_SIDE) return "table";
  return trial.frameMs <= SLOWEST_FRAME_MS ? "webgl" : "table";
}
