/**
 * Where a command writes: results to standard output, everything said to a person to standard error.
 * Commands take an `Output` and never touch `process.stdout`, so that a test reads what they wrote
 * and `--json` carries nothing but JSON.
 */
import { describeFailure } from "./failure.ts";

export interface Output {
  readonly write: (text: string) => void;
  readonly writeError: (text: string) => void;
  /** The terminal behind standard error, for bars that move; undefined where nobody watches. */
  readonly terminal?: NodeJS.WriteStream | undefined;
}

/**
 * A reader that has seen enough (`malleolus inspect … | head -1`) closes the pipe: the program then
 * ends as if it had been heard out. Output that cannot be written for another reason, such as a
 * full disk, is a failure.
 */
export function endQuietlyOnClosedOutput(stream: NodeJS.WriteStream): void {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit();
    if (stream !== process.stderr) process.stderr.write(`malleolus: ${describeFailure(error)}\n`);
    process.exit(1);
  });
}
