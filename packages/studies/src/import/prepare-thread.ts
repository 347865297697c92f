/** The thread that prepares files: it answers the main thread's requests one after the other. */
import { parentPort } from "node:worker_threads";
import { DataError } from "@malleolus/data/dicom";
import { StudyError } from "../errors.ts";
import { prepareFiles, type Request } from "./prepare-file.ts";
import type { Message } from "./preparers.ts";

const answer = prepareFiles();

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
