export * from "./initialize.ts";
export * from "./layers.ts";
export * from "./module.ts";
