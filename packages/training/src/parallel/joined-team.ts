/** A team of several processes, by LibTorch's process groups. */
import type { WholeBatch } from "@malleolus/networks";
import {
  fromTypedArray,
  type GradientBuckets,
  gradientBuckets,
  noGrad,
  type ProcessGroup,
  scope,
  type Tensor,
} from "@malleolus/torch";
import type { Pulse, Team } from "./team.ts";

const PULSES: readonly Pulse[] = ["working", "done", "failed"];

/** `stop` is this process's own. The group is the caller's to leave. */
export function joinedTeam(group: ProcessGroup, stop: AbortSignal): Team {
  const { rank, size } = group;
  const known = new AbortController();
  let buckets: GradientBuckets | null = null;

  /** The sum, or the greatest, of each number over all processes; exact up to 2^53. */
  const reduce = (own: readonly number[], reduction: "sum" | "max"): number[] =>
    scope(() => {
      const tensor = fromTypedArray(Float64Array.from(own), [own.length]);
      group.allReduce(tensor, reduction);
      return tensor.toNumbers();
    });
  /** The greatest of each number; whoever was asked to stop is heard with it. */
  const greatest = (own: readonly number[]): number[] => {
    const [stopped, ...rest] = reduce([stop.aborted ? 1 : 0, ...own], "max");
    if (stopped > 0) known.abort();
    return rest;
  };
  const sumOnCpu = (own: Tensor): Tensor => {
    const sum = own.detach().to({ device: "cpu" }).contiguous().clone();
    group.allReduce(sum, "sum");
    return sum.to({ device: own.device });
  };
  const spreadBytes = (own: Uint8Array): Uint8Array =>
    scope(() => {
      const [length] = reduce([rank === 0 ? own.length : 0], "max");
      const bytes = rank === 0 ? Uint8Array.from(own) : new Uint8Array(length);
      const tensor = fromTypedArray(bytes, [length]);
      group.broadcast(tensor, 0);
      tensor.copyTo(bytes);
      return bytes;
    });
  const whole = (images: number): WholeBatch => ({
    images: () => images,
    sum: (own) => reduce(own, "sum"),
    // Of the others' part there is no gradient here, and of one's own there is none there.
    total: (own) => own.add(noGrad(() => sumOnCpu(own).sub(own.detach()))),
    divided: (loss) => loss.sub(loss.detach().mul(1 - 1 / size)),
  });

  return {
    rank,
    size,
    stop: known.signal,
    share(slots) {
      const first = Math.floor((rank * slots) / size);
      return { first, count: Math.floor(((rank + 1) * slots) / size) - first };
    },
    meet({ sizes, hasFailed }) {
      const own = sizes.flatMap(({ height, width }) => [height, width]);
      const [failed, ...all] = greatest([hasFailed ? 1 : 0, ...own]);
      return {
        hasFailed: failed > 0,
        sizes: sizes.map((_, i) => ({ height: all[2 * i], width: all[2 * i + 1] })),
      };
    },
    pulse(own) {
      const [state] = greatest([PULSES.indexOf(own)]);
      return PULSES[state];
    },
    whole,
    train(parameters) {
      buckets = gradientBuckets(group, parameters);
    },
    expectGradients: () => buckets?.arm(),
    addGradients: () => buckets?.finish(),
    total: (own) => scope(() => sumOnCpu(own)),
    agree: (own) =>
      scope(() => {
        const tensor = fromTypedArray(Float64Array.from(own), [own.length]);
        group.broadcast(tensor, 0);
        return tensor.toNumbers();
      }),
    spread(tensors) {
      noGrad(() => {
        for (const tensor of tensors) {
          scope(() => {
            const there = tensor.detach().to({ device: "cpu" }).contiguous().clone();
            group.broadcast(there, 0);
            tensor.copy_(there);
          });
        }
      });
    },
    tell(record) {
      const bytes = spreadBytes(Buffer.from(JSON.stringify(record ?? null)));
      return JSON.parse(Buffer.from(bytes).toString());
    },
    close() {
      buckets?.free();
      buckets = null;
    },
  };
}
