/** A worker thread that makes shapes of what the segmentation sees. It loads no LibTorch. */
import { answerQuestions } from "@malleolus/host";
import { type OutlinedRadiograph, outlineStructures } from "@malleolus/imaging";
import { failureOf } from "./failure.ts";
import type { SeenToOutline } from "./messages.ts";

answerQuestions<SeenToOutline, OutlinedRadiograph, ReturnType<typeof failureOf>>({
  answer: ({ found, structures, radiograph }) => outlineStructures(found, structures, radiograph),
  failureOf,
});
