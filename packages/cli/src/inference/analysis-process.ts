/**
 * The process that analyses for a server: one warm detector, one patient after another. Of the inference service
 * radiographs come and results go by its channel, and nothing of them is on the disk. It ends with its server.
 */

import { yieldProcessor } from "@malleolus/host";
import { type AnalysisNews, analysisOrderSchema } from "@malleolus/server/analysis-orders";
import { loadEngine } from "../engine/open-engine.ts";
import { analysisOptionsSchema } from "./analysis-options.ts";
import { openStudyAnalysis, type StudyAnalysis } from "./study-analysis.ts";

const [engine, aside] = process.argv.slice(2);
if (aside === "aside") yieldProcessor();
const opened = Promise.withResolvers<StudyAnalysis>();

/** One order after the other; what fails for a reason of ours ends the process, and is tried by the next. */
let last: Promise<void> = Promise.resolve();
process.once("message", (message) => {
  opened.resolve(openStudyAnalysis(analysisOptionsSchema.parse(message)));
  process.on("message", (next) => {
    last = last.then(async () => {
      const analysis = await opened.promise;
      const order = analysisOrderSchema.parse(next);
      tell(
        await (order.order === "look" ? analysis.look(order, tell) : analysis.analyse(order, tell)),
      );
    });
  });
});
process.on("disconnect", () => process.exit(0));
// A terminal and systemd tell the service's whole group to end. It is the service that decides when: it may still wait
// for what is being analysed.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => undefined);
// Beside its server, which loads its own.
await loadEngine(engine === "onnx" ? engine : "libtorch");
tell({ news: "ready", modelSha256: (await opened.promise).modelSha256 });

/** A service that was killed needs no news: its end is seen by "disconnect". */
function tell(news: AnalysisNews): void {
  process.send?.(news, () => undefined);
}
