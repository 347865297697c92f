/** A worker thread that makes shapes of what the segmentation sees. It loads no LibTorch. */
import { answerQuestions } from "@malleolus/host";
import { guessProjection, outlineStructures } from "@malleolus/imaging";
import { classByHeight } from "./class-by-height.ts";
import { failureOf } from "./failure.ts";
import type { OutlinedAnkle, SeenToOutline } from "./messages.ts";

answerQuestions<SeenToOutline, OutlinedAnkle, ReturnType<typeof failureOf>>({
  answer({ found, structures, radiograph, heightRule }) {
    const outlined = outlineStructures(found, structures, radiograph);
    const byHeight =
      heightRule === null ? null : classByHeight(outlined.shapes, radiograph, heightRule);
    const projection = outlined.isLowerLeg
      ? guessProjection(found.labels, structures)
      : { view: null, side: null };
    return { outlined, classByHeight: byHeight, projection };
  },
  failureOf,
});
