/**
 * What prelabelling a radiograph costs: from its DICOM file to shapes and probabilities with reading and
 * outlining in threads, as `malleolus prelabel` does it, and both networks alone. Radiographs are simulated
 * at the detector's own pitch; the networks are the recipes', with new weights, since their values cost the
 * same. It has no peer here: torchvision has no network of this decoder.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { prelabelRadiographs } from "@malleolus/cli/prelabel";
import { readRadiograph } from "@malleolus/data";
import { prepareImage } from "@malleolus/imaging";
import {
  deepLab,
  imageClassifier,
  openClassifier,
  openSegmenter,
  writeClassifier,
  writeSegmenter,
} from "@malleolus/networks";
import { internalHospital, simulateStudies } from "@malleolus/phantom";
import { preliminaryClassificationRecipe, preliminarySegmentationRecipe } from "@malleolus/runs";
import { ankleClassification } from "@malleolus/schema";
import { manualSeed, nn, scope } from "@malleolus/torch";
import type { Bench } from "./bench.ts";
import { measure, row, timed } from "./measure.ts";

const STUDIES = 4;
const WORKERS = 2;

export const prelabel: Bench = {
  name: "prelabel",
  peerModules: [],
  defaultRuns: 5,
  async run({ runs, progress }) {
    const folder = mkdtempSync(join(tmpdir(), "malleolus-bench-"));
    try {
      progress(`simulating ${STUDIES} studies`);
      const files = await simulatedFiles(folder);
      const { segmenter, classifier } = networksIn(folder);
      const [first] = files;
      const radiograph = await readRadiograph(first);
      const [large, small] = [segmenter, classifier].map(
        ({ preprocess }) => prepareImage(radiograph, preprocess).image,
      );
      const { signal } = new AbortController();
      const times = await measure(
        [
          {
            name: "whole",
            async run() {
              const began = performance.now();
              // New weights outline no fracture, whose height could be told.
              const options = { segmenter, classifier, heightRule: null, workers: WORKERS };
              const stop = signal;
              const seen = prelabelRadiographs({ ...options, stop, files, pathOf: (file) => file });
              for await (const one of seen) if ("error" in one) throw one.error;
              return (performance.now() - began) / files.length;
            },
          },
          {
            name: "networks",
            run: () =>
              timed(() => {
                segmenter.segmentPrepared(large);
                classifier.classifyPrepared(small);
              }),
          },
        ],
        runs,
        1,
      );
      segmenter.close();
      classifier.close();
      const { width, height } = radiograph;
      return [
        { name: "whole", title: `one of ${files.length} files, ${width} x ${height}` },
        { name: "networks", title: `both networks, ${large.width} x ${large.height}` },
      ].map(({ name, title }) => {
        const rate = 1000 / (times.get(name)?.medianMs ?? Number.NaN);
        return row(title, times.get(name), undefined, null, `${rate.toFixed(1)} a second`);
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

async function simulatedFiles(folder: string): Promise<string[]> {
  const specs = Array.from(
    { length: STUDIES },
    () => ({ weberClass: "B", exclusion: null }) as const,
  );
  const files: string[] = [];
  const studies = simulateStudies({
    hospital: internalHospital,
    seed: "prelabel",
    specs,
    workers: WORKERS,
  });
  for await (const { images } of studies) {
    for (const { file } of images) {
      const path = join(folder, `${files.length}.dcm`);
      writeFileSync(path, file);
      files.push(path);
    }
  }
  return files;
}

function networksIn(folder: string) {
  manualSeed(1);
  const paths = [join(folder, "segmenter.safetensors"), join(folder, "classifier.safetensors")];
  const classes = ankleClassification.classes.map(({ id }) => id);
  const { model } = preliminaryClassificationRecipe;
  scope(() => {
    const { model: ofSegmentation, preprocess } = preliminarySegmentationRecipe;
    const outlines = deepLab(ofSegmentation);
    writeSegmenter(paths[0], outlines, preprocess);
    const ofClasses = imageClassifier({ ...model, classes, classWeights: classes.map(() => 1) });
    // As trained: it looks where this segmentation finds something.
    if (ofClasses.whereFound !== null) {
      nn.loadStateDict(ofClasses.whereFound.segmentation, nn.stateDict(outlines));
    }
    writeClassifier(paths[1], ofClasses, preliminaryClassificationRecipe.preprocess);
  });
  return { segmenter: openSegmenter(paths[0]), classifier: openClassifier(paths[1]) };
}
