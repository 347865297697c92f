/**
 * One step of training, two images: losses, gradients, SGD with momentum. Ours in float32 and
 * in bfloat16 against torchvision in each of its forms, on the same work: same weights, norms
 * and stem to res2 frozen on both sides, images of the exact size, the same number of proposals.
 */
import type { Target } from "@malleolus/imaging";
import type { Losses } from "@malleolus/networks";
import { add, autocast, backward, nn, optim, scope, type Tensor } from "@malleolus/torch";
import type { Bench } from "./bench.ts";
import {
  OUR_DTYPES,
  type PeerVariant,
  type Prepared,
  peerContestants,
  prepareOurs,
  preparePeers,
  rowsOf,
  SIZES,
  truthBoxes,
} from "./mask-rcnn.ts";
import { type Contestant, measure, type Row, timed } from "./measure.ts";

/** Of a step. */
export const IMAGES = 2;

export const trainingStep: Bench = {
  name: "training-step",
  peerModules: ["torch", "torchvision"],
  defaultRuns: 7,
  async run({ peer, runs, progress }) {
    const rows: Row[] = [];
    for (const size of SIZES) {
      const boxes = truthBoxes(IMAGES, size);
      const name = `${IMAGES} x ${size.height}x${size.width}`;
      progress(`${name}: preparing`);
      const peers = await (peer === null
        ? null
        : preparePeers(peer, { task: "training", images: IMAGES, ...size, boxes }));
      const sides = OUR_DTYPES.map((dtype) => {
        const prepared = prepareOurs(peers?.file ?? null, size, IMAGES);
        return { dtype, prepared, step: trainer(prepared, targets(boxes), dtype) };
      });
      const first = sides.map(({ step }) => step.once());
      const contestants: Contestant[] = [
        ...sides.map(({ dtype, step }) => ({
          name: `ours ${dtype}`,
          run: () => timed(step.once),
        })),
        ...peerContestants(peer),
      ];
      progress(`${name}: measuring`);
      const times = await measure(contestants, runs, 1);
      for (const [index, { dtype, prepared, step }] of sides.entries()) {
        const note = (variant: PeerVariant) => sameWork(first[index], peers?.answers.get(variant));
        rows.push(...rowsOf(peer, `${name}, ${dtype}`, times, dtype, note));
        step.free();
        prepared.free();
      }
      await peers?.free();
    }
    return rows;
  },
};

/** A rectangle in each box, of the one class. */
export function targets(boxes: ReturnType<typeof truthBoxes>): Target[] {
  return boxes.map((ofImage) => ({
    boxes: ofImage,
    classes: ofImage.map(() => 0),
    polygons: ofImage.map(([x1, y1, x2, y2]) => [[x1, y1, x2, y1, x2, y2, x1, y2]]),
  }));
}

/** Our side: `once` makes one step and returns its losses. */
export function trainer(
  { model, batch }: Prepared,
  truth: readonly Target[],
  dtype: "float32" | "bfloat16",
): { once: () => Record<string, number>; free: () => void } {
  const parameters = nn.parameters(model);
  const sgd = optim.sgd(parameters, { learningRate: 1e-4, momentum: 0.9, weightDecay: 1e-4 });
  let step = 0;
  const once = () => {
    step += 1;
    return scope(() => {
      const draw = (purpose: string, slot: number) =>
        stream(step * 1000 + slot * 10 + purpose.length);
      const compute = () => model.losses(batch, truth, draw);
      const losses = dtype === "bfloat16" ? autocast("bfloat16", compute) : compute();
      const parts = Object.values<Tensor>({ ...losses });
      backward(parts.reduce((sum, loss) => add(sum, loss)));
      sgd.step();
      sgd.zeroGrad();
      return values(losses);
    });
  };
  return { once, free: sgd.free };
}

function values(losses: Losses): Record<string, number> {
  return {
    loss_objectness: losses.rpnClass.item(),
    loss_rpn_box_reg: losses.rpnBox.item(),
    loss_classifier: losses.boxClass.item(),
    loss_box_reg: losses.boxRegression.item(),
    loss_mask: losses.mask.item(),
  };
}

/** Where random samples decide, the two sides' first losses are alike, not equal. */
function sameWork(
  ours: Record<string, number> | undefined,
  answer: Record<string, unknown> | undefined,
): string {
  const theirs = answer?.losses;
  if (ours === undefined || typeof theirs !== "object" || theirs === null) return "";
  const parts = Object.entries(theirs).map(
    ([name, value]) =>
      `${name.replace("loss_", "")} ${ours[name]?.toPrecision(3)}/${Number(value).toPrecision(3)}`,
  );
  return `first losses ours/theirs: ${parts.join(", ")}`;
}

/** Uniform numbers from a small integer state (Steele and Vigna's mixer), enough to sample by. */
function stream(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}
