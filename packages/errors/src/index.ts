export { causeText } from "./cause-text.ts";
export { CodedError } from "./coded-error.ts";
