/**
 * The content of a report, all of it as values: it opens no file, asks no database and knows no clock.
 */
import type { StudyFlow } from "@malleolus/schema";
import type { ReaderAgreement } from "../agreement.ts";
import type { Evaluation } from "../evaluate.ts";
import type { IntraObserver, ObserverAgreement, Repeat } from "../observers/observer-agreement.ts";
import type { LevelsOfTest } from "../weber/levels-of-test.ts";
import type { TestAnalyses } from "./analyses-of-test.ts";
import type { FilledChecklist } from "./checklists/checklist.ts";
import type { GalleryPart } from "./gallery.ts";
import type { MeasurementAgreement } from "./measurement-agreement.ts";
import type { OutlineMeasures } from "./outline-measures.ts";
import type { PreliminaryResult } from "./preliminary-result.ts";
import type { Provenance } from "./provenance.ts";
import type { PublishedSet } from "./published/published.ts";
import type { PeopleOnTest } from "./reader-results.ts";
import type { ReaderStudyResult } from "./reader-study-result.ts";
import type { DescribedSet } from "./set-description.ts";
import type { AcceptanceThreshold } from "./thresholds.ts";

export interface ReportContent {
  readonly title: string;
  readonly subtitle: string;
  /** ISO 8601. */
  readonly generatedAt: string;
  /** Null where the radiographs are real; of simulated ones the version and seed, where they are known. */
  readonly simulated: { readonly version: string | null; readonly seed: string | null } | null;
  /** `Malleolus`, `0.1.0` and what it ran on. */
  readonly software: readonly { readonly name: string; readonly version: string }[];
  /** Names to read instead of the ids of classes, exclusion codes and hospitals. */
  readonly names: Readonly<Record<string, string>>;
  /** What had to be reached; without any there is no verdict. */
  readonly thresholds: readonly AcceptanceThreshold[];
  readonly flow: StudyFlow | null;
  /** Who is in which set; none where nobody was asked. */
  readonly sets: readonly DescribedSet[];
  readonly tests: readonly ReportedTest[];
  readonly readers: readonly ReportedReaders[];
  /** People who read under several conditions; null where nobody did. */
  readonly readerStudy: ReaderStudyResult | null;
  readonly gallery: readonly GalleryPart[];
  /** Null where no preliminary network has proposed anything. */
  readonly preliminary: PreliminaryResult | null;
  readonly training: TrainingCurve | null;
  /** Null where nothing is known but the figures. */
  readonly provenance: Provenance | null;
  readonly checklists: readonly FilledChecklist[];
  readonly timings: readonly { readonly stage: string; readonly seconds: number }[];
  /** What to try next. */
  readonly commands: readonly { readonly command: string; readonly effect: string }[];
}

export interface ReportedTest {
  /** For links and files, `internal-difficult` say; no two alike. */
  readonly id: string;
  /** `Internal test`, say. */
  readonly name: string;
  /** Who was tested, and against whose truth. */
  readonly description: string;
  readonly evaluation: Evaluation;
  /** What people reach on the same patients; null where nobody read or drew them. */
  readonly people: PeopleOnTest | null;
  /** Null where nobody asked for them. */
  readonly analyses: TestAnalyses | null;
  /** Of outlines, in millimetres; null where no radiograph has a pixel spacing. */
  readonly outlines: OutlineMeasures | null;
  /** Classes by millimetres; null where nobody has outlined the bones, and for other classes than Weber's. */
  readonly levels: LevelsOfTest | null;
  /** The published set that it stands beside; null for one that has no counterpart. */
  readonly published: PublishedSet | null;
}

export interface ReportedReaders {
  /** `Observers, before adjudication`, say. */
  readonly name: string;
  readonly agreement: ReaderAgreement;
  /** With other coefficients, and for every class and exclusion by itself. */
  readonly observers: ObserverAgreement;
  /** All that it is of, a case a row: what each reader said, null where a reader said nothing. */
  readonly rows: readonly {
    readonly patient: string;
    readonly said: readonly (string | null)[];
  }[];
  /** Each reader with themselves, where cases came twice; none where none did. */
  readonly intra: readonly IntraObserver[];
  readonly repeats: readonly (Repeat & { readonly patient: string })[];
  /** Of what at least two have measured. */
  readonly measurements: readonly MeasurementAgreement[];
}

export interface TrainingCurve {
  /** What was trained, on how much. */
  readonly description: string;
  readonly points: readonly { readonly step: number; readonly loss: number }[];
}
