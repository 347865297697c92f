/**
 * Frames of the annotator's page: three radiographs of 3000 x 3000 pixels with a thousand points on each, by both
 * renderers in software. How long they take is told and not asserted; what is drawn is.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import test from "node:test";
import { build } from "vite";
import { launchBrowser, noBrowser } from "../test-browser.ts";
import type { MeasuredFrames } from "./test-frames-page.ts";

async function bundle(): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: "error",
    build: {
      write: false,
      minify: false,
      lib: {
        entry: join(import.meta.dirname, "test-frames-page.ts"),
        formats: ["iife"],
        name: "page",
      },
    },
  });
  const [bundled] = [built].flat();
  assert.ok("output" in bundled);
  const [{ code }] = bundled.output;
  return code;
}

test("frames: three thousand points over three large radiographs are drawn by both renderers", {
  skip: noBrowser,
}, async (context) => {
  const browser = await launchBrowser();
  context.after(() => browser.close());
  const page = await browser.newPage();
  await page.addScriptTag({ content: await bundle() });
  const measured = await page.evaluate<MeasuredFrames[]>("measureFrames()");
  assert.equal(measured.length, 6);
  for (const { renderer, what, times, drawn } of measured) {
    assert.ok(drawn > 3000, `${renderer}, ${what}: ${drawn} pixels`);
    const sorted = times.toSorted((a, b) => a - b);
    const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)].toFixed(1);
    context.diagnostic(`${renderer}, ${what}: median ${at(0.5)} ms, 95 % ${at(0.95)} ms`);
  }
});
