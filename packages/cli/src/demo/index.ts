// For experiments that run the demonstration, or make its study, with a plan of their own.
export { stopOnSignals } from "../stop-signals.ts";
export { demoProgress } from "./demo-progress.ts";
export { type DemoPlan, demoPlan } from "./plan.ts";
export { runDemo } from "./run-demo.ts";
export { simulatedStudy } from "./simulated-study.ts";
export { simulatedOutlines } from "./simulated-truth.ts";
export { openStages } from "./stages.ts";
