/** Both renderers in a browser, on the same frames. */
import assert from "node:assert/strict";
import { join } from "node:path";
import test from "node:test";
import { build } from "vite";
import { launchBrowser, noBrowser } from "../test-browser.ts";
import type { Comparison, OnTheWay } from "./test-renderer-page.ts";

async function bundle(): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: "error",
    build: {
      write: false,
      minify: false,
      lib: {
        entry: join(import.meta.dirname, "test-renderer-page.ts"),
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

test("renderers: the same pixels within one grey level, also after the card was reset", {
  skip: noBrowser,
}, async (context) => {
  const browser = await launchBrowser();
  context.after(() => browser.close());
  const page = await browser.newPage();
  await page.addScriptTag({ content: await bundle() });

  const frames = await page.evaluate<Comparison[]>("compareFrames()");
  assert.equal(frames.length, 21);
  for (const { what, greatestDifference, greys, lastPixelAlpha } of frames) {
    assert.ok(greatestDifference <= 1, `${what}: ${greatestDifference}`);
    assert.ok(greys > 1, `${what}: an empty picture`);
    assert.equal(lastPixelAlpha, 255, what);
  }

  const ways = await page.evaluate<OnTheWay[]>("compareOnTheWay()");
  assert.equal(ways.length, 35);
  for (const { drawn, moving, rested } of ways) {
    const { what, greatestDifference } = moving;
    assert.ok(rested.greatestDifference <= 1, `${rested.what}: ${rested.greatestDifference}`);
    // What a pan only moves is as fine as at rest, but for a border that lies between two pixels.
    const isWhole = /whole|along/.test(what);
    if (isWhole && drawn === "fine") assert.ok(greatestDifference <= 1, what);
    if (!isWhole) assert.equal(drawn, "coarse", what);
  }
  assert.ok(ways.some(({ drawn }) => drawn === "fine"));
  assert.ok(
    ways.some(({ moving }) => moving.greatestDifference > 1),
    "the nearest pixels differ",
  );

  const reset = await page.evaluate<{ states: string[]; comparison: Comparison }>(
    "compareAfterReset()",
  );
  assert.deepEqual(reset.states, ["lost", "restored"]);
  assert.ok(reset.comparison.greatestDifference <= 1);
  assert.ok(reset.comparison.greys > 50);
});
