/** The thread itself: it answers the main thread's requests one after the other. */
import { parentPort } from "node:worker_threads";
import { DataError } from "@malleolus/data/dicom";
import { StudyError } from "../../errors.ts";
import { fileSteps } from "./file-steps.ts";
import type { Message, Request } from "./messages.ts";

const answer = fileSteps();

parentPort?.on("message", (request: Request) => {
  const tell = (message: Message) => parentPort?.postMessage(message);
  answer(request).then(
    (given) => tell({ kind: "answer", answer: given }),
    (error) => tell(messageOf(error)),
  );
});

/** Errors do not travel whole: a copy has lost its class and its fields. */
function messageOf(error: unknown): Message {
  if (error instanceof DataError) {
    return { kind: "data-error", code: error.code, message: error.message };
  }
  if (error instanceof StudyError) {
    return { kind: "study-error", code: error.code, message: error.message };
  }
  const fields = error instanceof Error ? { ...error } : {};
  return { kind: "failure", error, fields };
}
