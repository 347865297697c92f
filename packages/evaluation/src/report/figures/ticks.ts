/** Round numbers for an axis. */

/** 1, 2, 2.5 or 5 times a power of ten: the distance of four to eight ticks. */
export function tickDistance(max: number): number {
  const rough = max / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough * (1 - 1e-9)) ?? 10);
}

/** The least end of an axis that holds the value and lies on a tick; 1 for what is not above 0. */
export function niceCeiling(value: number): number {
  if (!(value > 0)) return 1;
  const distance = tickDistance(value);
  return rounded(Math.ceil(value / distance - 1e-9) * distance);
}

/** From 0 to the end. */
export function evenTicks(max: number): number[] {
  const distance = tickDistance(max);
  const ticks: number[] = [];
  for (let i = 0; i * distance <= max * (1 + 1e-9); i++) ticks.push(rounded(i * distance));
  return ticks;
}

/** From 0 to at least the count, in whole numbers. */
export function countTicks(most: number): number[] {
  const distance = Math.max(1, Math.ceil(tickDistance(Math.max(1, most))));
  const steps = Math.max(1, Math.ceil(most / distance));
  return Array.from({ length: steps + 1 }, (_, i) => i * distance);
}

/** Without the last bits of a product. */
function rounded(value: number): number {
  return Number(value.toPrecision(12));
}
