/** A worker thread that reads a radiograph and brings it to the networks' sizes. It loads no LibTorch. */
import { readRadiograph } from "@malleolus/data";
import { answerQuestions } from "@malleolus/host";
import { prepareImage } from "@malleolus/imaging";
import { failureOf } from "./failure.ts";
import type { PreparedRadiograph, RadiographToPrepare } from "./messages.ts";

answerQuestions<RadiographToPrepare, PreparedRadiograph, ReturnType<typeof failureOf>>({
  async answer({ path, sizes }) {
    const radiograph = await readRadiograph(path);
    const { width, height, pixelSpacingMm, view, side } = radiograph;
    const images = sizes.map((preprocess) => prepareImage(radiograph, preprocess).image);
    return { width, height, pixelSpacingMm, view, side, images };
  },
  failureOf,
  moved: ({ images }) =>
    images.flatMap(({ pixels: { buffer } }) => (buffer instanceof ArrayBuffer ? [buffer] : [])),
});
