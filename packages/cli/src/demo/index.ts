// For a benchmark that runs the demonstration with a plan of its own.
export { stopOnSignals } from "../stop-signals.ts";
export { demoProgress } from "./demo-progress.ts";
export { type DemoPlan, demoPlan } from "./plan.ts";
export { runDemo } from "./run-demo.ts";
