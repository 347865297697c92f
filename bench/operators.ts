/** What a call of an operator costs beside its work: tiny tensors, many calls. */
import { add, conv2d, mul, noGrad, ones, scope, sum, type Tensor, view } from "@malleolus/torch";
import type { Bench } from "./bench.ts";
import { type Contestant, measure, type Row, row, timed } from "./measure.ts";

const CALLS_A_RUN = 10_000;

export const operators: Bench = {
  name: "operators",
  peerModules: ["torch"],
  defaultRuns: 15,
  async run({ peer, runs }) {
    const x = ones([4]);
    const y = ones([4]);
    const image = ones([1, 1, 4, 4]);
    const weight = ones([1, 1, 3, 3]);
    const calls: Record<string, () => Tensor> = {
      add: () => add(x, y),
      view: () => view(x, [2, 2]),
      sum: () => sum(x, { dim: [0] }),
      "multiply by a number": () => mul(x, 2),
      conv2d: () => conv2d(image, weight, { padding: 1 }),
    };
    const rows: Row[] = [];
    for (const [name, call] of Object.entries(calls)) {
      const contestants: Contestant[] = [{ name: "ours", run: () => timed(() => many(call)) }];
      if (peer !== null) {
        const key = `operators ${name}`;
        await peer.ask({
          action: "prepare",
          bench: "operators",
          key,
          case: name,
          count: CALLS_A_RUN,
        });
        contestants.push({
          name: "peer",
          run: () => peer.run({ action: "run", bench: "operators", key }),
        });
      }
      const times = await measure(contestants, runs);
      const whole = row(name, times.get("ours"), times.get("peer"), "PyTorch, called from Python");
      rows.push(perCall(whole));
    }
    for (const tensor of [x, y, image, weight]) tensor.free();
    return rows;
  },
};

/** In scopes of a hundred, as a network's step would. */
function many(call: () => Tensor): void {
  noGrad(() => {
    for (let i = 0; i < CALLS_A_RUN; i += 100) {
      scope(() => {
        for (let j = 0; j < 100; j++) call();
      });
    }
  });
}

/** A row of many calls as a row of one. */
function perCall(many: Row): Row {
  const one = (ms: number) => ms / CALLS_A_RUN;
  const range = ([least, most]: readonly [number, number]) => [one(least), one(most)] as const;
  return {
    ...many,
    oursMs: one(many.oursMs),
    peerMs: many.peerMs === null ? null : one(many.peerMs),
    oursRangeMs: range(many.oursRangeMs),
    peerRangeMs: many.peerRangeMs === null ? null : range(many.peerRangeMs),
  };
}
