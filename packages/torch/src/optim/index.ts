export { type Adam, type AdamOptions, adam } from "./adam.ts";
export { type Sgd, type SgdOptions, sgd } from "./sgd.ts";
