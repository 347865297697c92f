export * from "./errors.ts";
export * from "./finding.ts";
export * from "./image.ts";
export * from "./read-json.ts";
export * from "./screening-decision.ts";
export * from "./screening-rules.ts";
