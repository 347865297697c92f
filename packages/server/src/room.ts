/** What every route of one study's server works with. */
import { type GroupCommits, groupCommits, type Study, serverSecret } from "@malleolus/studies";
import { type AuditLog, startAuditLog } from "./audit-log.ts";
import type { SingleSignOn } from "./auth/single-sign-on.ts";
import { openReaderAgreements, type ReaderAgreements } from "./figures/reader-agreements.ts";
import { openStudyDrawingTimes, type StudyDrawingTimes } from "./figures/study-drawing-times.ts";
import { type EncodedImages, startEncodedImages } from "./images/encoded-images.ts";
import type { StartAnalysis } from "./inference/analyst.ts";
import { openStudyJobs, type StudyJobs } from "./jobs/study-jobs.ts";
import { openStudyRuns, type StudyRuns } from "./jobs/study-runs.ts";
import { openStudyWork } from "./jobs/study-work.ts";
import { openPredictions, type Predictions } from "./predictions/predictions.ts";
import { openStudyReports, type StudyReports } from "./reports/study-reports.ts";
import { LARGEST_UPLOAD_BYTES } from "./uploads/staged-files.ts";
import { openUploads, type Uploads } from "./uploads/uploads.ts";

export interface Room extends GroupCommits {
  readonly study: Study;
  /** From which opaque names are derived. */
  readonly secret: string;
  readonly images: EncodedImages;
  readonly audit: AuditLog;
  /** Hash of the token that makes the first administrator. */
  readonly setupSha256: string;
  /** The institution's; null where there is none. */
  readonly singleSignOn: SingleSignOn | null;
  readonly uploads: Uploads;
  readonly runs: StudyRuns;
  readonly jobs: StudyJobs;
  readonly agreements: ReaderAgreements;
  readonly drawingTimes: StudyDrawingTimes;
  readonly reports: StudyReports;
  readonly predictions: Predictions;
}

export async function openRoom(
  study: Study,
  given: Pick<Room, "setupSha256" | "singleSignOn">,
  {
    largestUploadBytes = LARGEST_UPLOAD_BYTES,
    program = null,
    startAnalysis = null,
  }: {
    readonly largestUploadBytes?: number | undefined;
    /** The words that start the command line; without them no job is started from here. */
    readonly program?: readonly string[] | null | undefined;
    /** Makes the process that looks at single radiographs; without it nothing does. */
    readonly startAnalysis?: StartAnalysis | null | undefined;
  } = {},
): Promise<Room> {
  const commits = groupCommits(study);
  const images = startEncodedImages();
  const work = openStudyWork(study, program);
  return {
    ...commits,
    ...given,
    study,
    secret: await serverSecret(study),
    images,
    audit: startAuditLog(commits),
    uploads: openUploads(study, largestUploadBytes),
    runs: openStudyRuns(study, work),
    jobs: openStudyJobs(study, work),
    agreements: openReaderAgreements(study),
    drawingTimes: openStudyDrawingTimes(study),
    reports: openStudyReports(study),
    predictions: openPredictions({
      studyFolder: study.folder,
      start: startAnalysis,
      forget: images.forget,
    }),
  };
}

/** Writes down what is left; the study stays open. */
export async function closeRoom(room: Room): Promise<void> {
  room.uploads.close();
  await room.audit.close();
  await room.settled();
  await room.agreements.close();
  await room.drawingTimes.close();
  await room.predictions.close();
  await room.images.close();
}
