export * from "./box.ts";
export * from "./mask.ts";
export * from "./polygon.ts";
export * from "./rasterize.ts";
export * from "./run-length.ts";
export * from "./simplify.ts";
export * from "./trace.ts";
