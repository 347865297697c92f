/** How far readers' measurements agree: the intraclass correlation of all, and limits for each pair. */
import { type BlandAltman, blandAltman } from "../observers/bland-altman.ts";
import {
  type IntraclassCorrelation,
  intraclassCorrelation,
} from "../observers/intraclass-correlation.ts";

/** A row a radiograph, in it one value a reader, null where one did not measure it. */
export interface MeasuredByReaders {
  readonly name: string;
  readonly unit: "mm" | "degrees";
  readonly readers: readonly string[];
  readonly rows: readonly {
    readonly patient: string;
    readonly values: readonly (number | null)[];
  }[];
}

export interface MeasurementAgreement extends MeasuredByReaders {
  /** Of the radiographs that all have measured. */
  readonly correlation: IntraclassCorrelation;
  readonly pairs: readonly {
    readonly readers: readonly [string, string];
    readonly limits: BlandAltman;
  }[];
}

export function measurementAgreement(measured: MeasuredByReaders): MeasurementAgreement {
  const { readers, rows } = measured;
  const complete = rows.flatMap(({ values }) => {
    const known = values.filter((value) => value !== null);
    return known.length === readers.length ? [known] : [];
  });
  return {
    ...measured,
    correlation: intraclassCorrelation(complete),
    pairs: readers.flatMap((one, i) =>
      readers.slice(i + 1).map((other, rest) => ({
        readers: [one, other] as const,
        limits: blandAltman(
          rows.flatMap(({ values }) => {
            const [first, second] = [values[i], values[i + 1 + rest]];
            return first === null || second === null ? [] : [[first, second] as const];
          }),
        ),
      })),
    ),
  };
}
