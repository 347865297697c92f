/**
 * The network of `patient-head.ts`: attention over all that is seen in all views of a patient. Neither the order of the
 * views nor that of the regions counts, and a view that is missing is one that nobody attends to. Not started by hand.
 *
 * Shapes: N patients, T tokens (a view, or a region of one), F numbers each, D hidden units, Q queries, K classes.
 */
import { permutation, randomStreams } from "@malleolus/random";
import {
  backward,
  crossEntropyLoss,
  dropout,
  fromTypedArray,
  manualSeed,
  nn,
  noGrad,
  optim,
  scope,
  type Tensor,
} from "@malleolus/torch";

/** All that is known of some patients, padded to as many tokens each. */
export interface TokenSet {
  readonly count: number;
  readonly tokens: number;
  readonly width: number;
  /** [N * T * F] */
  readonly values: Float32Array;
  /** Which view of its patient a token is of, from 0; -1 where there is none. [N * T] */
  readonly viewOf: Int8Array;
  /** Whether it is the view's own token, which goes with its view alone. [N * T] */
  readonly isView: Uint8Array;
  /** Index of each patient's class. [N] */
  readonly classes: Int32Array;
}

export interface HeadSettings {
  readonly hidden: number;
  readonly queries: number;
  readonly weightDecay: number;
  readonly learningRate: number;
  readonly batch: number;
  /** Of what a token says, and of what is gathered. */
  readonly dropout: number;
  /** How often a view, or a region, is left out while training. */
  readonly viewLeftOut: number;
  readonly regionLeftOut: number;
}

export interface PatientHead {
  readonly embed: nn.Linear;
  readonly attend: nn.Linear;
  readonly classify: nn.Linear;
  /** From tokens [N, T, F] and 0 or a large negative number for each [N, T, 1]; [N, K]. */
  logits(values: Tensor, absent: Tensor, dropped?: number): Tensor;
}

/** New weights, from LibTorch's generator. */
export function patientHead(
  width: number,
  classes: number,
  { hidden, queries }: Pick<HeadSettings, "hidden" | "queries">,
): PatientHead {
  const embed = nn.fullyConnected({ in: width, out: hidden });
  const attend = nn.fullyConnected({ in: hidden, out: queries });
  const classify = nn.fullyConnected({ in: queries * hidden, out: classes });
  return {
    embed,
    attend,
    classify,
    logits(values, absent, dropped = 0) {
      const isDropping = dropped > 0;
      const said = embed.forward(dropout(values, dropped, isDropping)).relu(); // [N, T, D]
      const weights = attend.forward(said).add(absent).softmax(1); // [N, T, Q]
      const gathered = weights.transpose(1, 2).bmm(said).flatten({ startDim: 1 }); // [N, Q * D]
      return classify.forward(dropout(gathered, dropped, isDropping));
    },
  };
}

/** Attention to what is not there. */
const NONE = -1e9;

/** The classes' logits of every patient of a set. [N][K] */
export function logitsOf(head: PatientHead, set: TokenSet): Float32Array[] {
  const { count, tokens, width, values, viewOf } = set;
  const absent = Float32Array.from(viewOf, (view) => (view < 0 ? NONE : 0));
  const all = noGrad(() =>
    scope(() =>
      head
        .logits(
          fromTypedArray(values, [count, tokens, width]),
          fromTypedArray(absent, [count, tokens, 1]),
        )
        .toFloat32Array(),
    ),
  );
  const classes = all.length / count;
  return Array.from({ length: count }, (_, i) => all.slice(i * classes, (i + 1) * classes));
}

/**
 * Trains a new head, by AdamW; a function of its arguments alone. `onEpoch` gets the head as it is after every epoch,
 * from 1; whoever keeps it frees it with `freeModel`.
 */
export function trainHead(
  set: TokenSet,
  classes: number,
  settings: HeadSettings,
  given: {
    readonly seed: number;
    readonly epochs: number;
    readonly onEpoch?: (epoch: number, head: PatientHead) => void;
  },
): PatientHead {
  const { seed, epochs, onEpoch } = given;
  const { count, tokens, width } = set;
  manualSeed(seed);
  const head = patientHead(width, classes, settings);
  const { learningRate, weightDecay, batch } = settings;
  const rule = optim.adam(nn.parameters(head), { learningRate, weightDecay, decoupled: true });
  const values = fromTypedArray(set.values, [count, tokens, width]);
  let step = 0;
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const order = permutation(seed, epoch, count, "patients");
    for (let first = 0; first < count; first += batch) {
      const rows = Int32Array.from(order.subarray(first, first + batch));
      step++;
      scope(() => {
        const absent = fromTypedArray(leftOut(set, rows, settings, seed, step), [
          rows.length,
          tokens,
          1,
        ]);
        const own = values.indexSelect(0, fromTypedArray(rows, [rows.length]).to("int64"));
        const truth = fromTypedArray(
          Int32Array.from(rows, (row) => set.classes[row]),
          [rows.length],
        ).to("int64");
        backward(crossEntropyLoss(head.logits(own, absent, settings.dropout), truth));
        rule.step();
        rule.zeroGrad();
      });
    }
    onEpoch?.(epoch, head);
  }
  rule.free();
  values.free();
  return head;
}

/**
 * What is there of some patients when views and regions are left out by chance, of each at least one view: 0, or what
 * makes attention none. [n * T]
 */
export function leftOut(
  { tokens, viewOf, isView }: TokenSet,
  rows: Int32Array,
  { viewLeftOut, regionLeftOut }: Pick<HeadSettings, "viewLeftOut" | "regionLeftOut">,
  seed: number,
  step: number,
): Float32Array {
  const absent = new Float32Array(rows.length * tokens).fill(NONE);
  const random = randomStreams(seed, step);
  rows.forEach((row, slot) => {
    const views = viewOf.subarray(row * tokens, (row + 1) * tokens);
    const next = random("left out", slot);
    const count = Math.max(...views) + 1;
    const isIn = Array.from({ length: count }, () => next() >= viewLeftOut);
    if (!isIn.includes(true)) isIn[Math.floor(next() * count)] = true;
    for (let t = 0; t < tokens; t++) {
      if (views[t] < 0) continue;
      const stays = isView[row * tokens + t] === 1 || next() >= regionLeftOut;
      if (isIn[views[t]] && stays) absent[slot * tokens + t] = 0;
    }
  });
  return absent;
}
