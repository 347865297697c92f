/**
 * A class from geometry beside the network's: how far they agree, and which of them gets right what the
 * other gets wrong.
 */
import { type McNemar, mcnemar, pairedCounts } from "../comparison/mcnemar.ts";
import type { ChanceCorrected } from "../observers/chance-corrected.ts";
import { cohenKappaOf } from "../observers/cohen-kappa.ts";

export interface TwiceClassified {
  readonly patient: string;
  readonly truth: string;
  readonly network: string;
  /** Null where it cannot be determined. */
  readonly geometry: string | null;
}

export interface GeometryAgainstNetwork {
  readonly patients: number;
  /** Where there is a class from geometry; all that follows is of these. */
  readonly determinable: number;
  readonly agreement: ChanceCorrected;
  /** Geometry first, the network second. */
  readonly right: McNemar;
  /** Patients whom geometry gets right and the network does not, and the other way round. */
  readonly rescuedByGeometry: readonly string[];
  readonly rescuedByNetwork: readonly string[];
}

/** @throws EvaluationError `input` for a class that is none of `classes`. */
export function geometryAgainstNetwork(
  patients: readonly TwiceClassified[],
  classes: readonly string[],
): GeometryAgainstNetwork {
  const both = patients.filter(({ geometry }) => geometry !== null);
  const byGeometry = both.map(({ geometry, truth }) => geometry === truth);
  const byNetwork = both.map(({ network, truth }) => network === truth);
  const named = (right: readonly boolean[], wrong: readonly boolean[]) =>
    both.filter((_, i) => right[i] && !wrong[i]).map(({ patient }) => patient);
  return {
    patients: patients.length,
    determinable: both.length,
    agreement: cohenKappaOf(
      both.map(({ geometry, network }) => [geometry, network]),
      classes,
    ),
    right: mcnemar(pairedCounts(byGeometry, byNetwork)),
    rescuedByGeometry: named(byGeometry, byNetwork),
    rescuedByNetwork: named(byNetwork, byGeometry),
  };
}
