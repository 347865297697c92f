/** Tries WebGL2 on a canvas that nobody sees, once for each page. */
import { makeLevels } from "./pixel-levels.ts";
import type { Renderer, RendererKind } from "./renderer.ts";
import { chooseRenderer, type GraphicsTrial, isSoftware } from "./renderer-choice.ts";
import { createWebglRenderer } from "./webgl-renderer.ts";

const VIEW = { width: 480, height: 800 };
const FRAMES = 4;

let chosen: RendererKind | undefined;

/** The renderer for this computer. */
export function rendererForThisComputer(): RendererKind {
  chosen ??= chooseRenderer(tryGraphics());
  return chosen;
}

function tryGraphics(): GraphicsTrial | undefined {
  const canvas = document.createElement("canvas");
  canvas.width = VIEW.width;
  canvas.height = VIEW.height;
  const renderer = createWebglRenderer(canvas, () => {});
  const gl = canvas.getContext("webgl2");
  if (renderer === undefined || gl === null) return undefined;
  const named = gl.getExtension("WEBGL_debug_renderer_info");
  const name: unknown = gl.getParameter(named?.UNMASKED_RENDERER_WEBGL ?? gl.RENDERER);
  const side: unknown = gl.getParameter(gl.MAX_TEXTURE_SIZE);
  const rendererName = typeof name === "string" ? name : "";
  const frameMs = isSoftware(rendererName) ? Number.POSITIVE_INFINITY : frameTime(renderer, gl);
  renderer.dispose();
  return { rendererName, greatestTextureSide: typeof side === "number" ? side : 0, frameMs };
}

function frameTime(renderer: Renderer, gl: WebGL2RenderingContext): number {
  const levels = makeLevels(960, 1600, 0, {
    width: 960,
    height: 1600,
    levels: new Uint16Array(960 * 1600),
    top: 4095,
    window: { low: 0, high: 4095 },
  });
  const camera = { scale: 0.5, scaleY: 0.5, centerX: 480, centerY: 800 };
  const window = { level: 2048, width: 4096, inverted: false };
  const frame = { levels, camera, window, isMoving: false };
  const pixel = new Uint8Array(4);
  // Only reading a pixel back waits until the card has drawn. The first frame uploads and compiles.
  const drawAndWait = () => {
    renderer.draw(frame);
    gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
  };
  drawAndWait();
  const start = performance.now();
  for (let i = 0; i < FRAMES; i++) drawAndWait();
  return (performance.now() - start) / FRAMES;
}
