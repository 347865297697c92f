/**
 * What draws a radiograph into a canvas. There are two: by WebGL2 where a graphics card does the
 * work, and by a table over the visible pixels where none does. They show the same pixels within one
 * grey level; `renderer-choice.ts` says which is taken.
 */
import type { Camera } from "../view/camera.ts";
import type { Window } from "../view/window.ts";
import type { PixelLevels } from "./pixel-levels.ts";

export interface Frame {
  readonly levels: PixelLevels;
  readonly camera: Camera;
  readonly window: Window;
  /** The camera is on its way: where a picture would come too late, a coarser one is enough. */
  readonly isMoving: boolean;
}

export interface Renderer {
  readonly kind: RendererKind;
  /**
   * Fills the canvas, whose width and height are the view's in device pixels. "coarse" asks to be drawn again once
   * the camera has come to rest.
   */
  draw(frame: Frame): Drawn;
  /** Frees what the graphics card holds; the canvas is of no use afterwards. */
  dispose(): void;
}

export type Drawn = "fine" | "coarse";

export type RendererKind = "webgl" | "table";

/** Told when the graphics card was reset, and again when there is a picture once more. */
export type GraphicsListener = (state: "lost" | "restored") => void;
