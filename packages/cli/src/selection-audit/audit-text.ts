/** What an audit of selection found, in words: also where the strategy did not win. */
import type { SelectionAudit, SelectionAuditPlan } from "@malleolus/schema";
import { alignedTable } from "../aligned-table.ts";

const SAYINGS: Readonly<
  Record<
    SelectionAudit["outcomes"][number]["verdict"],
    (strategy: string, control: string) => string
  >
> = {
  better: (strategy, control) => `${strategy} is better than ${control}`,
  worse: (strategy, control) => `${strategy} is worse than ${control}`,
  "no difference shown": (strategy, control) =>
    `no difference between ${strategy} and ${control} is shown`,
  "not measurable": () => "it cannot be measured on these patients",
};

export function describeAudit(
  { outcomes, patients }: SelectionAudit,
  plan: SelectionAuditPlan,
): string {
  const { strategy, control, sizes, seeds } = plan;
  const rows = outcomes.flatMap((one) => [
    [one.outcome, ...sizes.map((size) => `${size}`), "area (95 %)"],
    [strategy, ...one.strategy.map(({ mean }) => figure(mean)), range(one.strategyArea)],
    [control, ...one.control.map(({ mean }) => figure(mean)), range(one.controlArea)],
    ["difference", ...sizes.map(() => ""), range(one.difference)],
  ]);
  const verdicts = outcomes.map(
    ({ outcome, verdict, differenceBySeed }, i) =>
      `${outcome}${i === 0 ? ", which decides" : ""}: ${SAYINGS[verdict](strategy, control)}; by seed ` +
      `${differenceBySeed.map(signed).join(", ")}\n`,
  );
  return (
    `measured on ${patients} tuning patients, means of ${seeds.length} seeds\n` +
    alignedTable(rows, sizes.length + 2) +
    verdicts.join("")
  );
}

function range({ value, interval }: SelectionAudit["outcomes"][number]["difference"]): string {
  return interval === null
    ? figure(value)
    : `${figure(value)} (${figure(interval[0])} to ${figure(interval[1])})`;
}

function figure(value: number | null): string {
  return value === null ? "-" : value.toFixed(3);
}

function signed(value: number | null): string {
  return value === null ? "-" : `${value < 0 ? "" : "+"}${value.toFixed(3)}`;
}
