/** Why a radiograph was chosen, in words: for those who run the study, never for readers. */
import type { Signal, Signals } from "./signals.ts";
import type { Candidate } from "./strategies.ts";

/** The reasons of a hard radiograph: the signals that stand out in the pool, the strongest first. */
export function hardReason(
  candidate: Candidate,
  signals: Signals,
  percentiles: ReadonlyMap<Signal, number>,
  noFractureClass: string,
): string {
  const strong = [...percentiles]
    .filter(([, share]) => share >= OUTSTANDING)
    .toSorted(([, a], [, b]) => b - a)
    .map(([signal, share]) => {
      const place =
        share === 1 ? "most of the pool" : `above ${Math.floor(share * 100)} % of the pool`;
      return `${sayings[signal](candidate, signals, noFractureClass)} (${place})`;
    });
  return strong.length === 0
    ? "nothing stands out; among the hardest that are left"
    : strong.join("; ");
}

/** From this percentile on a signal is named. */
const OUTSTANDING = 0.75;

const sayings: Readonly<
  Record<Signal, (candidate: Candidate, signals: Signals, noFractureClass: string) => string>
> = {
  uncertainty: ({ scored }) => {
    const likeliest = Object.entries(scored.probabilities).toSorted(([, a], [, b]) => b - a);
    const two = likeliest.slice(0, 2).map(([name, p]) => `${name} ${p.toFixed(2)}`);
    return `the class is unsure: ${two.join(", ")}`;
  },
  segmentation: ({ scored: { segmentation, probabilities } }, _, noFractureClass) => {
    const outlined = segmentation?.fractureProbability ?? 0;
    const classified = 1 - (probabilities[noFractureClass] ?? 0);
    const height = segmentation?.class ?? null;
    return (
      `outlines and class differ: a fracture is outlined with ${outlined.toFixed(2)}` +
      `${height === null ? "" : `, at the height of ${height}`}, and classified with ${classified.toFixed(2)}`
    );
  },
  views: () => "the patient's views are classified differently",
  flip: () => "its mirror image is classified differently",
};
