/** A worker thread that makes shapes of what the segmentation sees. It loads no LibTorch. */
import { answerQuestions } from "@malleolus/host";
import { failureOf } from "./failure.ts";
import type { OutlinedAnkle, SeenToOutline } from "./messages.ts";
import { outlineSeen } from "./outline-seen.ts";

answerQuestions<SeenToOutline, OutlinedAnkle, ReturnType<typeof failureOf>>({
  answer: outlineSeen,
  failureOf,
});
