/**
 * Whole frames of a page of a case, from the pointer's event to pixels that can be read back: what the bench of
 * the reader's and the annotator's page does there by mouse, and the milliseconds of each frame. The wait for
 * the display is no part of them.
 */
import type { Page } from "playwright-core";

/** What a hand does to a view, frame by frame. */
export type Gesture = "zoom" | "pan" | "window" | "move a point";

const FRAMES = 60;
/** The first ones compile and warm up. */
const WARM_UP = 10;

/**
 * Installed once on a page. Each event of the kind that is asked for is timed from the first listener to the last,
 * and with it the callbacks of the next frame, up to a pixel of each canvas that is read back.
 */
const recorder = `(() => {
  const frames = { kind: null, times: [] };
  let pointer = 0;
  let began = 0;
  const readBack = () => {
    for (const canvas of document.querySelectorAll(".view-stage canvas")) {
      const gl = canvas.getContext("webgl2");
      if (gl !== null) window.readBack(gl);
      else canvas.getContext("2d")?.getImageData(0, 0, 1, 1);
    }
  };
  for (const kind of ["pointermove", "wheel"]) {
    addEventListener(kind, () => {
      if (frames.kind !== kind) return;
      pointer = performance.now();
      requestAnimationFrame(() => { began = performance.now(); });
    }, { capture: true });
    addEventListener(kind, () => {
      if (frames.kind !== kind) return;
      const handled = performance.now() - pointer;
      requestAnimationFrame(() => {
        readBack();
        frames.times.push(handled + performance.now() - began);
      });
    });
  }
  window.frames_ = frames;
})()`;

export async function recordFrames(page: Page): Promise<void> {
  await page.evaluate(recorder);
}

/** Milliseconds of frames in which the first view is zoomed, panned, windowed, or has a point moved. */
export async function timeFrames(
  page: Page,
  gesture: Gesture,
  /** Where on the first view, as shares of its stage. */
  at: readonly [x: number, y: number],
): Promise<number[]> {
  const bounds = await page.locator(".view-stage").first().boundingBox();
  if (bounds === null) throw new Error("internal: no view to point at");
  const x = bounds.x + at[0] * bounds.width;
  const y = bounds.y + at[1] * bounds.height;
  await page.mouse.move(x, y);
  const button = BUTTONS[gesture];
  if (button !== null) await page.mouse.down({ button });
  await page.evaluate(
    `Object.assign(window.frames_, { kind: "${button === null ? "wheel" : "pointermove"}", times: [] })`,
  );
  for (let frame = 0; frame < FRAMES + WARM_UP; frame++) {
    const away = frame % 20 < 10 ? frame % 10 : 10 - (frame % 10);
    if (button === null) await page.mouse.wheel(0, frame % 20 < 10 ? -40 : 40);
    // Beyond what counts as a click, and back.
    else await page.mouse.move(x + 8 + away * 2, y + away);
    // Playwright's own waiting for a condition would compile it in the page, which its policy forbids.
    while ((await page.evaluate<number>("window.frames_.times.length")) <= frame) {
      await page.waitForTimeout(2);
    }
  }
  const times = await page.evaluate<number[]>("window.frames_.times");
  await page.evaluate("window.frames_.kind = null");
  if (button !== null) await page.mouse.up({ button });
  return times.slice(WARM_UP);
}

const BUTTONS = {
  zoom: null,
  pan: "middle",
  window: "right",
  "move a point": "left",
} as const satisfies Readonly<Record<Gesture, "left" | "middle" | "right" | null>>;
