/** A thread that simulates studies of one hospital, one after another. */
import { workerData } from "node:worker_threads";
import { answerQuestions } from "@malleolus/host";
import { type PhantomStudy, simulateStudy } from "./hospital.ts";
import type { Question, Simulation, StudyFacts } from "./simulation-messages.ts";

const { hospital, seed, xrayUnit, pixels }: Simulation = workerData;

answerQuestions<Question, StudyFacts, string>({
  answer({ number, spec }) {
    const study = simulateStudy(hospital, seed, number, spec, xrayUnit);
    return pixels ? study : withoutPixels(study);
  },
  failureOf: (error) => (error instanceof Error ? (error.stack ?? "") : String(error)),
  moved: rasters,
});

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
