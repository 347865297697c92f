/**
 * Detection on one radiograph by ONNX Runtime beside LibTorch, from the same file of weights and on as many
 * threads, in one run: a ResNet-50-FPN at the sizes of the other benchmarks, and the detector that comes with
 * the project at its own. ONNX Runtime stands as ours and LibTorch as the peer: a ratio below 1 is what doing
 * without LibTorch costs. Both begin with a radiograph and end with findings. The note says how many of them
 * both have.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { boxIou } from "@malleolus/geometry";
import type { DisplayImage } from "@malleolus/imaging";
import { openDetector, shippedDetector, writeDetector } from "@malleolus/networks";
import { exportNetwork, openOnnxDetector } from "@malleolus/onnx";
import type { Finding } from "@malleolus/schema";
import { threads } from "@malleolus/torch";
import * as runtime from "onnxruntime-node";
import type { Bench } from "./bench.ts";
import { OUR_DTYPES, prepareOurs, SIZES, type Size } from "./mask-rcnn.ts";
import { measure, type Row, row, timed } from "./measure.ts";

/** To which the shipped detector brings most radiographs. */
const SHIPPED_SIZE: Size = { height: 384, width: 320 };
const SAME_BOX_IOU = 0.99;

export const onnx: Bench = {
  name: "onnx",
  peerModules: [],
  defaultRuns: 9,
  async run({ runs, progress }) {
    const folder = mkdtempSync(join(tmpdir(), "malleolus-bench-"));
    const rows: Row[] = [];
    const add = async (what: string, path: string, size: Size) => {
      const name = `${what}, ${size.height}x${size.width}`;
      progress(name);
      rows.push(...(await compare(name, path, size, runs)));
    };
    try {
      for (const size of SIZES) {
        const { model, free } = prepareOurs(null, size, 1);
        const path = join(folder, `${size.height}.safetensors`);
        // A radiograph of this size stays as it is.
        const sides = { minSize: size.width, maxSize: size.height };
        writeDetector(path, model, { ...sides, maskCollimation: false, testTimeFlip: false });
        free();
        await add("ResNet-50-FPN", path, size);
      }
      const shipped = shippedDetector();
      if (shipped !== null) await add("the project's detector", shipped, SHIPPED_SIZE);
      return rows;
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

async function compare(name: string, path: string, size: Size, runs: number): Promise<Row[]> {
  const image = picture(size);
  const file = exportNetwork(readFileSync(path), path, { weightType: "float32" });
  const session = { intraOpNumThreads: threads() };
  const own = await openOnnxDetector(file, path, runtime, { session });
  const peers = OUR_DTYPES.map((dtype) => ({
    name: `LibTorch ${dtype}`,
    detector: openDetector(path, { precision: dtype }),
  }));
  const times = await measure(
    [
      {
        name: "ours",
        async run() {
          const began = performance.now();
          await own.detect(image);
          return performance.now() - began;
        },
      },
      ...peers.map((peer) => ({
        name: peer.name,
        run: () => timed(() => peer.detector.detect(image)),
      })),
    ],
    runs,
  );
  const found = await own.detect(image);
  const rows = peers.map((peer) => {
    const note = agreement(found, peer.detector.detect(image));
    peer.detector.close();
    return row(`${name}, ${peer.name}`, times.get("ours"), times.get(peer.name), peer.name, note);
  });
  await own.close();
  return rows;
}

function agreement(own: readonly Finding[], other: readonly Finding[]): string {
  const both = own.filter((finding) =>
    other.some((one) => one.class === finding.class && boxIou(one.box, finding.box) > SAME_BOX_IOU),
  );
  return `${own.length} and ${other.length} findings, ${both.length} the same`;
}

/** Grey levels with edges and noise, the same every time. */
function picture({ width, height }: Size): DisplayImage {
  let state = 1;
  const pixels = Float32Array.from({ length: width * height }, (_, i) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const [x, y] = [i % width, Math.floor(i / width)];
    const bone = Math.abs(x - width / 2) < 30 && y > height / 3 ? 0.4 : 0.2;
    return bone + 0.2 * Math.sin(x / 40) ** 2 + (0.1 * state) / 2 ** 32;
  });
  return { width, height, pixels };
}
