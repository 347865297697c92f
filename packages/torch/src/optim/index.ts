export { type Adam, adam, type AdamOptions } from "./adam.ts";
export { type Sgd, sgd, type SgdOptions } from "./sgd.ts";
