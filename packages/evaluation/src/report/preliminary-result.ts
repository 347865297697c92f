/** What a report says of the preliminary networks: their proposals, what they chose, and whether both help. */
import type { AssistanceAudit, Model, SelectionAudit, SelectionAuditPlan } from "@malleolus/schema";
import type { AuditedPatients } from "../assistance/audited-patients.ts";
import type { ProposalMeasure } from "../proposals/proposal-measures.ts";
import type { SelectionRow } from "../proposals/selection-comparison.ts";

export interface PreliminaryResult {
  readonly model: Model;
  /** Radiographs of which the proposals are judged, and their patients. */
  readonly radiographs: number;
  readonly patients: number;
  /** These patients. */
  readonly judged: readonly string[];
  /** Whose outlines the proposals are held against, in words. */
  readonly against: string;
  readonly measures: readonly ProposalMeasure[];
  readonly pictures: PreliminaryPictures | null;
  readonly selection: ReportedSelection | null;
  /** Of proposals: null where nobody has drawn with and without them. */
  readonly assistance: AssistanceAudit | null;
  /** All that it is of; null where it is. */
  readonly assistancePatients: AuditedPatients | null;
  /** Of the choice: null where none was made. */
  readonly selectionAudit: {
    readonly plan: SelectionAuditPlan;
    readonly audit: SelectionAudit;
    /** On which radiographs, where they are not the study's own. */
    readonly on: string | null;
  } | null;
}

export interface ReportedSelection {
  readonly strategy: string;
  readonly picked: number;
  readonly passedOver: number;
  readonly rows: readonly SelectionRow[];
  /** Whose radiographs they are. */
  readonly patients: Readonly<Record<"picked" | "passedOver", readonly string[]>>;
  readonly pictures: PreliminaryPictures;
}

export interface PreliminaryPictures {
  /** The rule by which they were taken. */
  readonly chosen: string;
  readonly items: readonly PreliminaryPicture[];
}

export interface PreliminaryPicture {
  /** An overlay. */
  readonly picture: Uint8Array;
  readonly pictureType: "image/webp";
  readonly width: number;
  readonly height: number;
  readonly caption: string;
  /** More about it, a line each. */
  readonly lines: readonly string[];
}
