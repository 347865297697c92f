export { type Answering, answerQuestions } from "./answer-questions.ts";
export { startThread, type Thread, ThreadEnded, type ThreadOptions } from "./thread.ts";
export { type ThreadPool, threadPool } from "./thread-pool.ts";
export { writeFileWhole } from "./write-file-whole.ts";
export { yieldProcessor } from "./yield-processor.ts";
