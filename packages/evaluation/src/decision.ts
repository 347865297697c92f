/**
 * A patient's class from what a detector says, as an entrance of its own, `@malleolus/evaluation/decision`: whoever predicts
 * measures nothing, and starts more quickly without what does.
 */
export { conformalSet } from "./decision/conformal-set.ts";
export { decidePatient, shownFindings } from "./decision/decide.ts";
export { atPrevalence, prevalenceOf } from "./decision/prevalence.ts";
