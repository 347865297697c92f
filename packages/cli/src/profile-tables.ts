/** The time of a step in two tables: by stage, and by operator. */
import type { StepProfile } from "@malleolus/training";
import { alignedTable } from "./aligned-table.ts";

const OPERATORS_SHOWN = 20;
/** The stage in which gradients are computed: its operators belong to the stages they differentiate. */
const BACKWARD = "backward";

interface StageRow {
  readonly stage: string;
  readonly forwardMs: number;
  readonly backwardMs: number;
}

/** Milliseconds are those of one step, as a mean. */
export function profileTables(profile: StepProfile): string {
  const { steps } = profile;
  const wholeMs = profile.milliseconds / steps;
  const share = (milliseconds: number) => `${((100 * milliseconds) / wholeMs).toFixed(1)} %`;
  const time = (milliseconds: number) => milliseconds.toFixed(1);
  const stages = stageRows(profile).map(({ stage, forwardMs, backwardMs }) => [
    stage,
    time(forwardMs),
    backwardMs === 0 ? "" : time(backwardMs),
    share(forwardMs + backwardMs),
  ]);
  const operators = operatorRows(profile).map(({ operator, calls, milliseconds }) => [
    operator,
    (calls / steps).toFixed(calls % steps === 0 ? 0 : 1),
    time(milliseconds),
    share(milliseconds),
  ]);
  return [
    `\n${steps} steps of ${time(wholeMs)} ms, profiled\n\n`,
    alignedTable([["stage", "forward, ms", "backward, ms", "share"], ...stages], 1),
    "\n",
    alignedTable([["operator, without what it calls", "calls", "ms", "share"], ...operators], 1),
    "\n",
  ].join("");
}

function stageRows({ stages, operators, steps, waitedMs, milliseconds }: StepProfile): StageRow[] {
  const backward = new Map<string, number>();
  for (const { stage, backward: isBackward, milliseconds } of operators) {
    if (!isBackward || stage === null || stage === BACKWARD) continue;
    backward.set(stage, (backward.get(stage) ?? 0) + milliseconds / steps);
  }
  const attributed = [...backward.values()].reduce((sum, part) => sum + part, 0);
  const rows = stages.map(({ stage, milliseconds: wall }) =>
    stage === BACKWARD
      ? { stage: "backward, the rest", forwardMs: 0, backwardMs: wall / steps - attributed }
      : { stage, forwardMs: wall / steps, backwardMs: backward.get(stage) ?? 0 },
  );
  const seen = stages.reduce((sum, { milliseconds: wall }) => sum + wall, 0);
  const others = [
    { stage: "waiting for radiographs", forwardMs: waitedMs / steps, backwardMs: 0 },
    { stage: "all else", forwardMs: (milliseconds - seen - waitedMs) / steps, backwardMs: 0 },
  ];
  const cost = (row: StageRow) => row.forwardMs + row.backwardMs;
  return [...rows.toSorted((a, b) => cost(b) - cost(a)), ...others];
}

function operatorRows({ operators, steps }: StepProfile) {
  const costs = new Map<string, { operator: string; calls: number; milliseconds: number }>();
  for (const { operator, calls, milliseconds } of operators) {
    const known = costs.get(operator) ?? { operator, calls: 0, milliseconds: 0 };
    known.calls += calls;
    known.milliseconds += milliseconds / steps;
    costs.set(operator, known);
  }
  return [...costs.values()]
    .toSorted((a, b) => b.milliseconds - a.milliseconds)
    .slice(0, OPERATORS_SHOWN);
}
