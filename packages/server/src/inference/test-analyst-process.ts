/**
 * A process that speaks as the one that analyses: of each study a report whose bytes say what it was asked for. A study
 * with an instance that ends in 666 is refused. Asked to, it ends at each order, or never answers one.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { RESULT } from "./test-inbox.ts";

const READY = { news: "ready", modelSha256: "ab".repeat(32) };
type AtOrder = "answers" | "ends" | "hangs";

const program = (atOrder: AtOrder) => `process.on("disconnect", () => process.exit());
process.on("message", ({ id, images, predecessor }) => {
  if ("${atOrder}" === "ends") process.exit(7);
  if ("${atOrder}" === "hangs") return;
  const asked = images.map(({ sopInstance }) => sopInstance);
  if (asked.some((one) => one.endsWith("666"))) {
    process.send({ news: "refused", id, reason: "no ankle" });
    return;
  }
  const bytes = Buffer.from(JSON.stringify({ asked, predecessor }));
  const objects = [{ kind: "report", sopInstance: asked.join("+"), bytes }];
  process.send({ news: "analysed", id, result: ${JSON.stringify(RESULT)}, objects });
});
process.send(${JSON.stringify(READY)}, () => undefined);`;

export function startTestAnalysis(atOrder: AtOrder = "answers"): ChildProcess {
  return spawn(process.execPath, ["-e", program(atOrder)], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    serialization: "advanced",
  });
}
