/** Where a report's figures come from, so that somebody else can get them again. */

export interface Provenance {
  readonly study: {
    readonly name: string;
    /** Radiographs of the sets that came as JPEG or PNG, of which nothing was de-identified. */
    readonly pictures: number;
    /** Of `protocol.toml`. */
    readonly protocolSha256: string;
    /** Of the draws of patients. */
    readonly splitSeed: number;
    /** `id` of each hospital with its role. */
    readonly hospitals: readonly { readonly id: string; readonly role: "internal" | "external" }[];
    readonly annotationIou: number;
    readonly fractureLineMm: number;
    readonly people: {
      readonly observers: number;
      readonly seniors: number;
      readonly surgeons: number;
      readonly annotators: number;
    };
    /** First and last date of an examination, shifted as they are stored; null where none has one. */
    readonly dates: readonly [first: string, last: string] | null;
    /** Languages of the reports that were screened. */
    readonly languages: readonly string[];
  };
  /** Of every set, over its radiographs, their classes and their outlines. */
  readonly data: readonly { readonly set: string; readonly sha256: string }[];
  readonly code: {
    readonly version: string;
    /** Of the program's own source files; null where they could not be read. */
    readonly sha256: string | null;
  };
  /** Null where predictions came from elsewhere. */
  readonly detector: {
    readonly sha256: string;
    readonly dtype: string;
  } | null;
  /** Null where no run is known. */
  readonly training: {
    readonly recipe: string;
    /** A sentence; null where the recipe does not say. */
    readonly network: string | null;
    readonly recipeSha256: string;
    readonly seed: number | null;
    readonly steps: number;
    readonly stepsPlanned: number;
    readonly batchSize: number | null;
    /** Of the weights that it began with; null from scratch, or where the recipe does not say. */
    readonly weightsSha256: string | null;
    readonly seenTraining: number | null;
    readonly seenTuning: number | null;
  } | null;
  /** What kept the tests apart from training, as it was checked when this was written. */
  readonly separation: {
    readonly patientsChecked: number;
    /** Whether the run's own record of radiographs was there to be checked, too. */
    readonly againstRun: boolean;
  };
}
