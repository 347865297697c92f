/** A thread that simulates studies of one hospital, one after another. */
import { parentPort, workerData } from "node:worker_threads";
import { type PhantomStudy, simulateStudy } from "./hospital.ts";
import type { Answer, Question, Simulation, StudyFacts } from "./simulation-messages.ts";

const { hospital, seed, xrayUnit, pixels }: Simulation = workerData;

parentPort?.on("message", ({ number, spec }: Question) => {
  try {
    const study = simulateStudy(hospital, seed, number, spec, xrayUnit);
    const sent = pixels ? study : withoutPixels(study);
    answer({ number, study: sent }, rasters(sent));
  } catch (error) {
    answer({ number, failure: error instanceof Error ? (error.stack ?? "") : String(error) }, []);
  }
});

function answer(message: Answer, moved: ArrayBuffer[]): void {
  parentPort?.postMessage(message, moved);
}

function withoutPixels(study: PhantomStudy): StudyFacts {
  const images = study.images.map(({ radiograph, file }) => {
    const { pixels: _, ...facts } = radiograph;
    return { radiograph: facts, file };
  });
  return { ...study, images };
}

/** What changes hands instead of being copied. */
function rasters({ images }: StudyFacts): ArrayBuffer[] {
  const moved = new Set<ArrayBuffer>();
  for (const { radiograph, file } of images) {
    const { tibia, fibula, fracture, noFracture } = radiograph.truth;
    const masks = [tibia, fibula, fracture, noFracture].map((mask) => mask?.data);
    const values = "pixels" in radiograph ? [radiograph.pixels] : [];
    for (const raster of [file, ...masks, ...values]) {
      if (!ArrayBuffer.isView(raster) || !(raster.buffer instanceof ArrayBuffer)) continue;
      // A small file may lie in a buffer that it shares with others.
      if (raster.byteLength === raster.buffer.byteLength) moved.add(raster.buffer);
    }
  }
  return [...moved];
}
