/**
 * How good proposed outlines are, structure by structure: overlap with the truth, how often a structure that is
 * there is proposed, and how often one that is not.
 *
 * Views of a patient are alike: intervals draw patients.
 */
import type { Estimate, Proportion } from "@malleolus/schema";
import { type BootstrapOptions, bootstrap } from "../bootstrap.ts";
import { clusterCounts, clusteredProportionOf } from "../clustered-proportion.ts";
import { meanOf } from "../summary.ts";

/** A structure on a radiograph. */
export interface JudgedShape {
  readonly patient: string;
  readonly structure: string;
  readonly isProposed: boolean;
  readonly isTrue: boolean;
  /** Of the proposal with the truth, 0 to 1; 0 where only one of them is there, null where neither is. */
  readonly dice: number | null;
}

export interface ProposalMeasure {
  readonly structure: string;
  /** Mean Dice where the structure is there: 0 where it was not proposed. */
  readonly dice: Estimate;
  /** Proposed at all, of the radiographs that have it. */
  readonly proposed: Proportion;
  /** Proposed, of the radiographs that do not have it. */
  readonly inVain: Proportion;
  /** Whose radiographs these are: that have it, on which it was proposed, and missed, and proposed in vain. */
  readonly patients: Readonly<
    Record<"there" | "proposed" | "missed" | "inVain", readonly string[]>
  >;
}

/**
 * A row for each structure, in the given order.
 *
 * @throws EvaluationError `input` for options that the bootstrap does not take.
 */
export function proposalMeasures(
  shapes: readonly JudgedShape[],
  structures: readonly string[],
  options: BootstrapOptions,
): ProposalMeasure[] {
  return structures.map((structure) => {
    const own = shapes.filter((shape) => shape.structure === structure);
    const there = own.filter(({ isTrue }) => isTrue);
    const clusters = [...Map.groupBy(there, ({ patient }) => patient).values()];
    const [dice] = bootstrap(
      clusters,
      (sample) => [meanOf(sample.flat().map((shape) => shape.dice ?? 0))],
      options,
    );
    return {
      structure,
      dice,
      proposed: shareProposed(there),
      inVain: shareProposed(own.filter(({ isTrue }) => !isTrue)),
      patients: {
        there: patientsOf(there),
        proposed: patientsOf(there.filter(({ isProposed }) => isProposed)),
        missed: patientsOf(there.filter(({ isProposed }) => !isProposed)),
        inVain: patientsOf(own.filter(({ isTrue, isProposed }) => isProposed && !isTrue)),
      },
    };
  });
}

/** Each once, in the order of the shapes. */
function patientsOf(shapes: readonly JudgedShape[]): string[] {
  return [...new Set(shapes.map(({ patient }) => patient))];
}

function shareProposed(shapes: readonly JudgedShape[]): Proportion {
  const counts = clusterCounts(
    shapes,
    ({ patient }) => patient,
    ({ isProposed }) => isProposed,
  );
  return clusteredProportionOf(counts);
}
