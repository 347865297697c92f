import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { type Box, boxArea, boxIou, maskBounds, polygonBounds } from "@malleolus/geometry";
import type { Sample } from "../augment/sample.ts";
import { writeSyntheticSet } from "../test-synthetic-set.ts";
import { type LoaderOptions, openLoader } from "./loader.ts";

const input = {
  minSizes: [48, 64],
  maxSize: 96,
  flipProbability: 0.5,
  minCropFraction: 0.7,
  maxGamma: 1.3,
  maxRotationDegrees: 0,
  halfTurnProbability: 0,
  otherMachine: null,
  window: null,
  maskCollimation: true,
};

async function loaderOptions(
  context: TestContext,
): Promise<{ folder: string; options: Omit<LoaderOptions, "workers"> }> {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-loader-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const { images } = await writeSyntheticSet(folder, 6);
  const request = (step: number, slot: number) => ({
    image: images[(2 * step + slot) % images.length],
    input,
    seed: 4,
    step,
    slot,
  });
  return { folder, options: { request, slots: [0, 1], firstStep: 3, steps: 8, ahead: 2 } };
}

async function readAll(options: LoaderOptions): Promise<(readonly Sample[])[]> {
  const loader = openLoader(options);
  const batches: (readonly Sample[])[] = [];
  try {
    for (let step = options.firstStep; step < options.steps; step++) {
      batches.push(await loader.next());
    }
  } finally {
    await loader.close();
  }
  return batches;
}

test("loader: with threads and without, the same batches bit for bit, in order", async (context) => {
  const { options } = await loaderOptions(context);
  const alone = await readAll({ ...options, workers: 0 });
  assert.equal(alone.length, 5);
  assert.deepEqual(await readAll({ ...options, workers: 2 }), alone);
  assert.ok(new Set(alone.flat().map(({ image }) => image.width)).size > 1, "nothing was drawn");
});

test("loader: begun at a later step, it gives what the earlier one gave there", async (context) => {
  const { options } = await loaderOptions(context);
  const all = await readAll({ ...options, workers: 0 });
  const later = await readAll({ ...options, workers: 1, firstStep: 6 });
  assert.deepEqual(later, all.slice(3));
});

test("loader: samples keep grey levels between those of eight bits", async (context) => {
  const { options } = await loaderOptions(context);
  const [[sample]] = await readAll({ ...options, workers: 0 });
  assert.ok(sample.image.pixels.some((value) => !Number.isInteger(value)));
  assert.ok(sample.image.pixels.every((value) => value >= 0 && value <= 255));
});

test("loader: cropped, mirrored and resized, the truth stays on the bright bar", async (context) => {
  const { options } = await loaderOptions(context);
  const samples = (await readAll({ ...options, workers: 0, firstStep: 0, steps: 30 })).flat();
  let bars = 0;
  for (const { image, target } of samples) {
    assert.deepEqual(
      target.polygons.flat().map((polygon) => polygonBounds(polygon)),
      target.boxes,
    );
    const bright = brightBounds(image);
    if (target.boxes.length === 0 || bright === null) continue;
    bars++;
    assert.ok(boxIou(target.boxes[0], bright) > 0.75, `${target.boxes[0]} and ${bright}`);
  }
  assert.ok(bars > 30, `${bars} bars`);
});

/** Around the pixels at least half as bright as the bar, above the noise; null without. */
function brightBounds({ width, height, pixels }: Sample["image"]): Box | null {
  const data = Uint8Array.from(pixels, (value) => (value > 145 ? 1 : 0));
  const bounds = maskBounds({ width, height, data });
  return boxArea(bounds) === 0 ? null : bounds;
}

for (const workers of [0, 2]) {
  test(`loader: with ${workers} threads, a bad file is one line with its path, at its step`, async (context) => {
    const { folder, options } = await loaderOptions(context);
    const bad = join(folder, "image-3.png");
    writeFileSync(bad, "not a radiograph");
    const loader = openLoader({ ...options, firstStep: 0, workers });
    try {
      assert.equal((await loader.next()).length, 2);
      await assert.rejects(loader.next(), (error: Error) => {
        assert.ok(error.message.startsWith(bad), error.message);
        assert.ok(!error.message.includes("\n"));
        return error.name === "DataError" || error.name === "TrainingError";
      });
    } finally {
      await loader.close();
    }
  });

  test(`loader: with ${workers} threads, a size that is not the annotated one is refused`, async (context) => {
    const { options } = await loaderOptions(context);
    const loader = openLoader({
      ...options,
      workers,
      request(step, slot) {
        const request = options.request(step, slot);
        return { ...request, image: { ...request.image, width: 97 } };
      },
    });
    try {
      await assert.rejects(loader.next(), /image-0\.png: expected 97 x 80 pixels .* got 96 x 80/);
    } finally {
      await loader.close();
    }
  });
}

test("loader: closed while threads work, nothing is left running", async (context) => {
  const { options } = await loaderOptions(context);
  const loader = openLoader({ ...options, workers: 2 });
  const failure = loader.next().then(
    () => null,
    (error: Error) => error.message,
  );
  await loader.close();
  // Either it was ready in time or it says that its thread ended.
  assert.match((await failure) ?? "thread ended", /thread ended/);
});

test("loader: a sample thread loads no LibTorch", () => {
  // In a process of its own: here everything is loaded already, and nobody would ask for it again.
  const script = `
    import { registerHooks } from "node:module";
    registerHooks({
      resolve(specifier, at, next) {
        const found = next(specifier, at);
        console.log(found.url);
        return found;
      },
    });
    await import(${JSON.stringify(join(import.meta.dirname, "sample-worker.ts"))});`;
  const child = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
    encoding: "utf8",
    cwd: import.meta.dirname,
  });
  const loaded = child.stdout.split("\n");
  assert.ok(
    loaded.some((url) => url.endsWith("/imaging/src/prepare-image.ts")),
    child.stderr,
  );
  assert.deepEqual(
    loaded.filter((url) => url.includes("/packages/torch/")),
    [],
  );
});
