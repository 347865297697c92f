/** The thread itself: it answers the main thread's requests one after the other. */
import { DataError } from "@malleolus/data/dicom";
import { answerQuestions } from "@malleolus/host";
import { StudyError } from "../../errors.ts";
import { fileSteps } from "./file-steps.ts";
import type { Answer, Failure, Request } from "./messages.ts";

answerQuestions<Request, Answer, Failure>({
  answer: fileSteps(),
  failureOf(error) {
    if (error instanceof DataError) {
      return { kind: "data-error", code: error.code, message: error.message };
    }
    if (error instanceof StudyError) {
      return { kind: "study-error", code: error.code, message: error.message };
    }
    const fields = error instanceof Error ? { ...error } : {};
    return { kind: "other", error, fields };
  },
});
