/** A process of its own in which no file grows beyond a limit, as on a full disk: the system's, on a file's size. */
import { spawnSync } from "node:child_process";

/** Calls a module's function, and returns the code of what it throws, or null. */
export function codeOnFullDisk(
  module: URL,
  name: string,
  given: readonly unknown[],
  mostKib = 0,
): unknown {
  const program = `const { ${name} } = await import(${JSON.stringify(module.href)});
    let code = null;
    try { await ${name}(...${JSON.stringify(given)}); } catch (error) { code = error.code ?? error.message; }
    process.stdout.write(JSON.stringify(code));`;
  const limited = `ulimit -f ${mostKib} && exec "$0" --input-type=module -e "$1"`;
  const { stdout, stderr, status } = spawnSync("bash", ["-c", limited, process.execPath, program], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}
