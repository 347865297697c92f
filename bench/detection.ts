/**
 * Detection on one image, boxes and masks pasted into it: ours in float32 and in bfloat16
 * against torchvision in each of its forms, from the same weights. The note says how many of
 * torchvision's float32 detections ours found again.
 */

import { type Box, boxIou } from "@malleolus/geometry";
import { type Detection, toRadiograph } from "@malleolus/imaging";
import { autocast } from "@malleolus/torch";
import type { Bench } from "./bench.ts";
import {
  OUR_DTYPES,
  type Prepared,
  peerContestants,
  prepareOurs,
  preparePeers,
  rowsOf,
  SIZES,
} from "./mask-rcnn.ts";
import { type Contestant, measure, type Row, timed } from "./measure.ts";

const LEAST_DETECTIONS = 20;
const SAME_BOX_IOU = 0.9;

export const detection: Bench = {
  name: "detection",
  peerModules: ["torch", "torchvision"],
  defaultRuns: 9,
  async run({ peer, runs, progress }) {
    const rows: Row[] = [];
    for (const size of SIZES) {
      const name = `1 x ${size.height}x${size.width}`;
      progress(`${name}: preparing`);
      const peers = await (peer === null
        ? null
        : preparePeers(peer, { task: "detection", images: 1, ...size }));
      const ours = prepareOurs(peers?.file ?? null, size, 1);
      const sides = OUR_DTYPES.map((dtype) => ({
        dtype,
        found: detect(ours, dtype, size),
      }));
      const contestants: Contestant[] = [
        ...sides.map(({ dtype }) => ({
          name: `ours ${dtype}`,
          run: () => timed(() => detect(ours, dtype, size)),
        })),
        ...peerContestants(peer),
      ];
      progress(`${name}: measuring`);
      const times = await measure(contestants, runs, 1);
      const reference = boxesOf(peers?.answers.get("float32"));
      for (const { dtype, found } of sides) {
        const note =
          reference === null ? `${found.length} detections` : agreement(found, reference);
        rows.push(...rowsOf(peer, `${name}, ${dtype}`, times, dtype, () => note));
      }
      ours.free();
      await peers?.free();
    }
    return rows;
  },
};

/** The detections of the image, their masks pasted as torchvision does. */
function detect(
  { model, batch }: Prepared,
  dtype: "float32" | "bfloat16",
  size: { readonly height: number; readonly width: number },
): Detection[] {
  const [found = []] =
    dtype === "bfloat16" ? autocast("bfloat16", () => model.detect(batch)) : model.detect(batch);
  toRadiograph(found, size, 1, 1);
  return found;
}

function agreement(found: readonly Detection[], reference: readonly Box[]): string {
  const again = reference.filter((box) =>
    found.some((one) => boxIou(one.box, box) >= SAME_BOX_IOU),
  );
  const enough =
    reference.length >= LEAST_DETECTIONS ? "" : ` (fewer than ${LEAST_DETECTIONS}: no fair test)`;
  return `${again.length} of torchvision's ${reference.length} detections found${enough}`;
}

function boxesOf(answer: Record<string, unknown> | undefined): Box[] | null {
  const images = answer?.boxes;
  if (!Array.isArray(images) || !Array.isArray(images[0])) return null;
  return images[0].map((box: unknown): Box => {
    if (!Array.isArray(box) || box.length !== 4)
      throw new Error("the peer gave a box without four numbers");
    return [Number(box[0]), Number(box[1]), Number(box[2]), Number(box[3])];
  });
}
