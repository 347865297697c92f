/**
 * Three figures beside scikit-learn, pROC and pycocotools on the same input: an area, its bootstrap, and
 * COCO's average precision of masks.
 *
 * The peers are any Python with scikit-learn and pycocotools, the one that MALLEOLUS_STATISTICS_PYTHON names
 * or the one on the path, which needs no PyTorch; and the R on the path, with pROC. What is not there is
 * said, and ours is measured without it. Ours does more beside the Python in two of the three: an area comes
 * with its interval, and average precision with overlaps of 0.3 and 0.4 too. pROC is asked for DeLong's
 * standard error with the area.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { aucOf, averagePrecision, type LabeledImage } from "@malleolus/evaluation";
import {
  type Box,
  boxArea,
  encodeRuns,
  rasterizePolygons,
  runsToString,
} from "@malleolus/geometry";
import { philox4x32 } from "@malleolus/random";
import { measure, type Row, row, timed } from "./measure.ts";
import { openPeer, type Peer } from "./peer.ts";

const SCORES = 100_000;
const DRAWN = { scores: 2000, resamples: 1000 } as const;
const IMAGES = 300;
const SIZE = 512;
const CLASSES = ["weber_a", "weber_b", "weber_c"];

export async function statisticsBeside(
  runs: number,
  progress: (line: string) => void,
): Promise<Row[]> {
  const python = await statisticsPeer(progress);
  let proc: Peer | null = null;
  try {
    proc = await procPeer(progress);
    return [
      await areas(python, runs),
      ...(proc === null ? [] : [await deviations(proc, runs)]),
      await bootstrapped(python, "scikit-learn", runs),
      ...(proc === null ? [] : [await bootstrapped(proc, "pROC", runs)]),
      await precision(python, runs),
    ];
  } finally {
    python?.close();
    proc?.close();
  }
}

async function areas(peer: Peer | null, runs: number): Promise<Row> {
  const { scores, positive } = scored(SCORES);
  await peer?.ask({ action: "prepare", work: "area", scores, positive });
  let own = Number.NaN;
  const ours = {
    name: "ours",
    run: () =>
      timed(() => {
        own = aucOf(scores, positive)?.auc ?? Number.NaN;
      }),
  };
  return beside("area of 100,000 scores", ours, peer, "area", runs, "scikit-learn", () => own);
}

/** The same call of ours, which has found the standard error with the area. */
async function deviations(proc: Peer, runs: number): Promise<Row> {
  const { scores, positive } = scored(SCORES);
  await proc.ask({ action: "prepare", work: "deviation", scores, positive });
  let own = Number.NaN;
  const ours = {
    name: "ours",
    run: () =>
      timed(() => {
        own = aucOf(scores, positive)?.standardError ?? Number.NaN;
      }),
  };
  return beside("the same with DeLong's error", ours, proc, "deviation", runs, "pROC", () => own);
}

/** The same resamples for both, drawn before either begins. */
async function bootstrapped(peer: Peer | null, against: string, runs: number): Promise<Row> {
  const { scores, positive } = scored(DRAWN.scores);
  const resamples = Array.from({ length: DRAWN.resamples }, (_, resample) =>
    scores.map((__, i) => Math.floor(uniform(i, resample, 7) * scores.length)),
  );
  await peer?.ask({ action: "prepare", work: "bootstrap", scores, positive, resamples });
  let own = Number.NaN;
  const ours = {
    name: "ours",
    run: () =>
      timed(() => {
        const found = resamples.map((places) =>
          aucOf(
            places.map((place) => scores[place]),
            places.map((place) => positive[place]),
          ),
        );
        const drawn = Float64Array.from(found, (area) => area?.auc ?? Number.NaN).sort();
        const place = (drawn.length - 1) * 0.025;
        const low = drawn[Math.floor(place)];
        own = low + (drawn[Math.ceil(place)] - low) * (place % 1);
      }),
  };
  const name = `${DRAWN.resamples} resamples of an area of ${DRAWN.scores}`;
  return beside(name, ours, peer, "bootstrap", runs, against, () => own);
}

async function precision(peer: Peer | null, runs: number): Promise<Row> {
  const images = Array.from({ length: IMAGES }, (_, i) => labeledImage(i));
  if (peer !== null) await peer.ask({ action: "prepare", work: "coco", ...cocoOf(images) });
  let own = Number.NaN;
  const ours = {
    name: "ours",
    run: () =>
      timed(() => {
        own = averagePrecision(images, CLASSES, "mask").averagePrecision.all ?? Number.NaN;
      }),
  };
  return beside(
    `COCO AP of masks, ${IMAGES} images`,
    ours,
    peer,
    "coco",
    runs,
    "pycocotools",
    () => own,
  );
}

/** Ours in turn with the peer's; the note says whether both came to the same. */
async function beside(
  name: string,
  ours: { readonly name: string; run(): number },
  peer: Peer | null,
  work: string,
  runs: number,
  against: string,
  own: () => number,
): Promise<Row> {
  let theirs: number | null = null;
  const contestants = [ours];
  const asked = {
    name: "peer",
    async run() {
      const { ms, value } = (await peer?.ask({ action: "run", work })) ?? {};
      if (typeof ms !== "number" || typeof value !== "number") {
        throw new Error(`internal: the peer gave no time of ${work}`);
      }
      theirs = value;
      return ms;
    },
  };
  const times = await measure(peer === null ? contestants : [...contestants, asked], runs, 1);
  const note =
    theirs === null
      ? `${own().toFixed(6)}`
      : `${own().toFixed(6)}, differs by ${Math.abs(own() - theirs).toExponential(0)}`;
  return row(name, times.get("ours"), times.get("peer"), against, note);
}

async function statisticsPeer(progress: (line: string) => void): Promise<Peer | null> {
  const python = process.env.MALLEOLUS_STATISTICS_PYTHON ?? "python3";
  const probe = spawnSync(python, ["-c", "import sklearn, pycocotools"]);
  if (probe.status === 0) {
    return openPeer(python, 2, fileURLToPath(new URL("peers/evaluation_peer.py", import.meta.url)));
  }
  progress(
    `${python} has no scikit-learn and pycocotools: our side is measured alone; ` +
      "MALLEOLUS_STATISTICS_PYTHON names another",
  );
  return null;
}

async function procPeer(progress: (line: string) => void): Promise<Peer | null> {
  const probe = spawnSync("Rscript", ["-e", "library(pROC)"]);
  if (probe.status === 0) {
    return openPeer("Rscript", 2, fileURLToPath(new URL("peers/proc_peer.R", import.meta.url)));
  }
  progress("no R with pROC is on the path: measured without it; Debian has r-cran-proc");
  return null;
}

/** Uniform in (0, 1), by address. */
export function uniform(a: number, b: number, c: number): number {
  return (philox4x32([a, b, c, 0], [20, 26])[0] + 0.5) / 2 ** 32;
}

function scored(count: number) {
  const positive = Array.from({ length: count }, (_, i) => uniform(i, 0, 1) < 0.5);
  const scores = positive.map(
    (is, i) => Math.round(1000 * (uniform(i, 1, 1) + (is ? 0.3 : 0))) / 1000,
  );
  return { scores, positive };
}

/** Around a box. */
export function ring([x1, y1, x2, y2]: Box): number[] {
  return [x1, y1, x2, y1, x2, y2, x1, y2];
}

function labeledImage(i: number): LabeledImage {
  const region = (place: number, moved: number) => {
    const [x, y] = [40 + 380 * uniform(i, place, 20), 40 + 380 * uniform(i, place, 21)].map(
      Math.round,
    );
    const [width, height] = [20 + Math.round(60 * uniform(i, place, 22)), 12];
    const box: Box = [x + moved, y, x + moved + width, y + height];
    const mask = encodeRuns(rasterizePolygons([ring(box)], SIZE, SIZE));
    return { class: CLASSES[place % 3], box, boxArea: boxArea(box), mask };
  };
  const places = [0, 1, 2, 3];
  return {
    truths: places.map((place) => {
      const own = region(place, 0);
      return { ...own, area: own.boxArea, isCrowd: false };
    }),
    detections: places.flatMap((place) =>
      [0, 1].map((k) => ({
        ...region(place, Math.round(8 * uniform(i, place, 30 + k))),
        score: Math.round(1e6 * uniform(i, place, 40 + k)) / 1e6,
      })),
    ),
  };
}

function cocoOf(images: readonly LabeledImage[]) {
  const segmentation = (mask: LabeledImage["truths"][number]["mask"]) => ({
    size: mask.size,
    counts: runsToString(mask.counts),
  });
  const xywh = ([x1, y1, x2, y2]: Box) => [x1, y1, x2 - x1, y2 - y1];
  const annotations = images.flatMap(({ truths }, image) =>
    truths.map(({ class: name, box, mask, area }) => ({
      image_id: image + 1,
      category_id: CLASSES.indexOf(name) + 1,
      bbox: xywh(box),
      segmentation: segmentation(mask),
      area,
      iscrowd: 0,
    })),
  );
  return {
    truth: {
      info: {},
      images: images.map((_, i) => ({ id: i + 1, width: SIZE, height: SIZE })),
      categories: CLASSES.map((name, i) => ({ id: i + 1, name })),
      annotations: annotations.map((one, i) => ({ ...one, id: i + 1 })),
    },
    found: images.flatMap(({ detections }, image) =>
      detections.map(({ class: name, score, mask }) => ({
        image_id: image + 1,
        category_id: CLASSES.indexOf(name) + 1,
        segmentation: segmentation(mask),
        score,
      })),
    ),
  };
}
