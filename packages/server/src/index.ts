export { ServerError, type ServerErrorCode } from "./errors.ts";
export type { StartAnalysis } from "./inference/analyst.ts";
export { type RunningServer, type ServerOptions, startServer } from "./start-server.ts";
