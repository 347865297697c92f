export * from "./config.ts";
export * from "./detection.ts";
export * from "./errors.ts";
export * from "./features.ts";
export * from "./images.ts";
export * from "./random.ts";
export * from "./targets.ts";
