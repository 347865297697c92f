export * from "./sgd.ts";
