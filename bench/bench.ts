/** What a benchmark is: a name, what its peer must be able to import, and its rows. */
import type { Row } from "./measure.ts";
import type { Peer } from "./peer.ts";

export interface BenchContext {
  /** Null where no Python with the modules was found: then only our side is measured. */
  readonly peer: Peer | null;
  /** Counted runs of each contestant. */
  readonly runs: number;
  /** Tells how far the benchmark is. */
  progress(line: string): void;
}

export interface Bench {
  readonly name: string;
  readonly peerModules: readonly string[];
  /** Runs when none are asked for. */
  readonly defaultRuns: number;
  run(context: BenchContext): Promise<Row[]>;
}
