export * from "./initialise.ts";
export * from "./layers.ts";
export * from "./module.ts";
