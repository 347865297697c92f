// For experiments that run the demonstration, or make its study, with a plan of their own.
export { patientsOf } from "../patients/patient-radiographs.ts";
export { stopOnSignals } from "../stop-signals.ts";
export { type FoundOnTests, findOnTests } from "../study-report/find-on-tests.ts";
export { peopleOnTest, readPeople } from "../study-report/people-on-test.ts";
export { whatWasFound } from "../study-report/what-was-found.ts";
export { demoProgress } from "./demo-progress.ts";
export { type DemoPlan, demoPlan } from "./plan.ts";
export { runDemo } from "./run-demo.ts";
export { classId } from "./simulated-readers.ts";
export { DEMO_PASSPHRASE, simulatedStudy } from "./simulated-study.ts";
export { simulatedOutlines } from "./simulated-truth.ts";
export { openStages } from "./stages.ts";
