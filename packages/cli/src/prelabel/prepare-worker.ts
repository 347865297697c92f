/** A worker thread that reads a radiograph and brings it to the networks' sizes. It loads no LibTorch. */
import { readRadiograph } from "@malleolus/data";
import { answerQuestions } from "@malleolus/host";
import { failureOf } from "./failure.ts";
import type { PreparedRadiograph, RadiographToPrepare } from "./messages.ts";
import { prepareRadiograph } from "./prepare-radiograph.ts";

answerQuestions<RadiographToPrepare, PreparedRadiograph, ReturnType<typeof failureOf>>({
  answer: async ({ path, sizes }) => prepareRadiograph(await readRadiograph(path), sizes),
  failureOf,
  moved: ({ images }) =>
    images.flatMap(({ pixels: { buffer } }) => (buffer instanceof ArrayBuffer ? [buffer] : [])),
});
