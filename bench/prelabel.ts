/**
 * What prelabelling a radiograph costs: from its DICOM file to shapes and probabilities with reading and
 * outlining in threads, as `malleolus prelabel` does it, both networks alone, and the segmentation alone beside
 * torchvision's MobileNetV2 under a decoder of the same layers. Radiographs are simulated at the detector's own
 * pitch; the networks are those that come with the project, since weights that find no leg would outline nothing.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lookOf, prelabelRadiographs } from "@malleolus/cli/prelabel";
import { readRadiograph } from "@malleolus/data";
import { type NetworkImage, prepareImage } from "@malleolus/imaging";
import {
  openClassifier,
  openSegmenter,
  type Segmenter,
  shippedPreliminary,
} from "@malleolus/networks";
import { internalHospital, simulateStudies } from "@malleolus/phantom";
import type { Bench } from "./bench.ts";
import { type Contestant, measure, row, timed } from "./measure.ts";
import type { Peer } from "./peer.ts";

const STUDIES = 4;
const WORKERS = 2;

export const prelabel: Bench = {
  name: "prelabel",
  peerModules: ["torch", "torchvision"],
  defaultRuns: 5,
  async run({ peer, runs, progress }) {
    const shipped = shippedPreliminary();
    if (shipped === null) {
      throw new Error(
        "bench prelabel: expected the networks that come with the project (packages/networks/detectors), got none; " +
          "check them out",
      );
    }
    const folder = mkdtempSync(join(tmpdir(), "malleolus-bench-"));
    try {
      progress(`simulating ${STUDIES} studies`);
      const files = await simulatedFiles(folder);
      const segmenter = openSegmenter(shipped.segmentation);
      const classifier = openClassifier(shipped.classification);
      const [first] = files;
      const radiograph = await readRadiograph(first);
      const [large, small] = [segmenter, classifier].map(
        ({ preprocess }) => prepareImage(radiograph, preprocess).image,
      );
      const look = lookOf(segmenter, classifier);
      const { signal } = new AbortController();
      const beside = peer === null ? [] : [await preparePeer(peer, segmenter, large)];
      const times = await measure(
        [
          {
            name: "whole",
            async run() {
              const began = performance.now();
              // A study's protocol has the rule; here is no study.
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
                look(large, small);
              }),
          },
          {
            name: "segmentation",
            run: () =>
              timed(() => {
                segmenter.segmentPrepared(large);
              }),
          },
          ...beside,
        ],
        runs,
        1,
      );
      segmenter.close();
      classifier.close();
      const { width, height } = radiograph;
      return [
        { name: "whole", title: `one of ${files.length} files, ${width} x ${height}` },
        {
          name: "networks",
          title: `both networks, also of the mirror image, ${large.width} x ${large.height}`,
        },
        {
          name: "segmentation",
          title: "the segmentation alone, also of the mirror image",
          peer: times.get("peer"),
        },
      ].map(({ name, title, peer }) => {
        const rate = 1000 / (times.get(name)?.medianMs ?? Number.NaN);
        const note = `${rate.toFixed(1)} a second`;
        return row(title, times.get(name), peer, "the same layers in torchvision", note);
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

/** Both images through the same layers, to probabilities; ours takes their mean besides, and hands it over. */
async function preparePeer(
  peer: Peer,
  { config, structures }: Segmenter,
  { width, height }: NetworkImage,
): Promise<Contestant> {
  const padded = (pixels: number) =>
    config.sizeDivisibility * Math.ceil(pixels / config.sizeDivisibility);
  const request = { bench: "preliminary", key: "segmentation" };
  await peer.ask({
    ...request,
    action: "prepare",
    shape: [2, 3, padded(height), padded(width)],
    pyramid: config.aspp.channels,
    low: config.decoder.lowChannels,
    fused: config.decoder.channels,
    convolutions: config.decoder.convolutions,
    labels: structures.length + 1,
  });
  return { name: "peer", run: () => peer.run({ ...request, action: "run" }) };
}

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
