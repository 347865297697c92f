export { type Block, type Key, philox4x32, philoxInto } from "./philox.ts";
export { seededKey, seededOrder } from "./seeded-order.ts";
export { permutation, type RandomStreams, randomStreams } from "./streams.ts";
