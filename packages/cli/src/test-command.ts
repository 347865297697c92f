/** Commands as the tests run them: in this process, with what they wrote and said. */
import { runCommandLine } from "./command-line.ts";

export async function run(...args: string[]) {
  let [written, said] = ["", ""];
  const code = await runCommandLine(args, {
    write: (text) => {
      written += text;
    },
    writeError: (text) => {
      said += text;
    },
  });
  return { code, written, said };
}
