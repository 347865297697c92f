/**
 * Timing of several contestants side by side: one run of each in turn, over and over, so that
 * a machine whose speed drifts slows all of them alike. Medians, and the spread beside them.
 */

/** Something that runs once and says how many milliseconds it took. */
export interface Contestant {
  readonly name: string;
  run(): number | Promise<number>;
}

export interface Timing {
  readonly medianMs: number;
  readonly leastMs: number;
  readonly mostMs: number;
}

/** A comparison as the report prints it; without a peer its columns are null. */
export interface Row {
  readonly case: string;
  readonly oursMs: number;
  readonly peerMs: number | null;
  /** Peer's time over ours: above 1 we are faster. */
  readonly ratio: number | null;
  readonly peer: string | null;
  readonly oursRangeMs: readonly [number, number];
  readonly peerRangeMs: readonly [number, number] | null;
  /** What was checked about the two doing the same work, or another figure worth a column. */
  readonly note?: string;
}

const SETTLE_MS = 30;

/** Runs every contestant `runs` times after `warmups` rounds that do not count. */
export async function measure(
  contestants: readonly Contestant[],
  runs: number,
  warmups = 2,
): Promise<Map<string, Timing>> {
  const times = new Map<string, number[]>(contestants.map(({ name }) => [name, []]));
  for (let round = -warmups; round < runs; round++) {
    for (const contestant of contestants) {
      const elapsed = await contestant.run();
      if (round >= 0) times.get(contestant.name)?.push(elapsed);
      // Worker threads of the one that just ran spin for a while before they sleep.
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    }
  }
  return new Map([...times].map(([name, list]) => [name, summarize(list)]));
}

/** Milliseconds of one synchronous piece of work. */
export function timed(work: () => void): number {
  const start = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - start) / 1e6;
}

/** One line of the report: ours against one peer. */
export function row(
  name: string,
  ours: Timing | undefined,
  peer: Timing | undefined,
  peerName: string | null,
  note?: string,
): Row {
  if (ours === undefined) throw new Error(`internal: ${name} was not measured`);
  return {
    case: name,
    oursMs: ours.medianMs,
    peerMs: peer?.medianMs ?? null,
    ratio: peer === undefined ? null : peer.medianMs / ours.medianMs,
    peer: peer === undefined ? null : peerName,
    oursRangeMs: [ours.leastMs, ours.mostMs],
    peerRangeMs: peer === undefined ? null : [peer.leastMs, peer.mostMs],
    ...(note === undefined ? {} : { note }),
  };
}

export function summarize(times: readonly number[]): Timing {
  const sorted = [...times].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const low = sorted[Math.floor(middle)] ?? Number.NaN;
  const high = sorted[Math.ceil(middle)] ?? Number.NaN;
  return {
    medianMs: (low + high) / 2,
    leastMs: sorted[0] ?? Number.NaN,
    mostMs: sorted.at(-1) ?? Number.NaN,
  };
}
