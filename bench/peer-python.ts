/**
 * The Python that ours may be compared with: one whose torch is the very LibTorch that the addon runs
 * on, by the file that both have loaded. Another version would compare LibTorch with LibTorch.
 *
 * Searched are MALLEOLUS_PEER_PYTHON alone where it is set, else the Python that holds the LibTorch, the
 * one on the path, and the system's.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Or why none will do, and what to do about it, in one line. */
export type FoundPython = { readonly python: string } | { readonly problem: string };

/** A Python's own words, where its torch comes from. */
const PROBE = `
import importlib, sys
for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
    except ImportError:
        sys.exit("has no " + name)
import torch
lines = open("/proc/self/maps").read().split("\\n")
print(torch.__version__)
print(next((line.split()[-1] for line in lines if "/libtorch_cpu.so" in line), ""))
`;

/** `modules` must be there; `libtorch` is the version that the addon runs on. */
export function findPeerPython(
  modules: readonly string[],
  libtorch: string,
  environment: NodeJS.ProcessEnv,
): FoundPython {
  const ours = libraryIn(readFileSync("/proc/self/maps", "utf8"));
  if (ours === null) throw new Error("internal: the addon has not loaded libtorch_cpu.so");
  const chosen = environment.MALLEOLUS_PEER_PYTHON;
  const candidates = chosen === undefined ? pythonsFor(ours) : [chosen];
  const refused: string[] = [];
  for (const python of candidates) {
    const problem = problemWith(python, modules, ours);
    if (problem === null) return { python };
    refused.push(`${python} ${problem}`);
  }
  return { problem: explain(modules, libtorch, ours, refused) };
}

function explain(
  modules: readonly string[],
  libtorch: string,
  ours: string,
  refused: readonly string[],
): string {
  const what = modules.join(" and ");
  const remedy = ours.startsWith("/usr/lib/")
    ? "install what belongs to it (sudo apt-get install python3-torch python3-torchvision)"
    : `install ${what} into the Python that it belongs to, or set MALLEOLUS_PEER_PYTHON to that one`;
  return (
    `expected a Python with ${what} on the LibTorch that the addon runs on, ${libtorch} in ${ours}; ` +
    `${refused.join("; ")}: ${remedy}, set LIBTORCH to the torch folder of the Python that you want to ` +
    "compare with, or measure our side alone with --alone"
  );
}

/** The file of libtorch_cpu that a process has loaded, from its memory's map. */
export function libraryIn(maps: string): string | null {
  const line = maps.split("\n").find((each) => each.includes("/libtorch_cpu.so"));
  return line === undefined ? null : line.slice(line.indexOf("/"));
}

function pythonsFor(library: string): string[] {
  const [, prefix] = /^(.*)\/lib(?:64)?\/python3[^/]*\/[^/]+-packages\/torch\//.exec(library) ?? [];
  const own = prefix === undefined ? [] : [join(prefix, "bin/python3")].filter(existsSync);
  return [...own, "python3", "/usr/bin/python3"];
}

/** The fault of a Python; null for a good one. */
function problemWith(python: string, modules: readonly string[], ours: string): string | null {
  const probe = spawnSync(python, ["-c", PROBE, ...modules], { encoding: "utf8" });
  if (probe.error !== undefined) return "does not run";
  if (probe.status !== 0) return probe.stderr.trim().split("\n").at(-1) ?? "does not answer";
  const [version, library] = probe.stdout.split("\n");
  return library === ours ? null : `has torch ${version} on ${library}`;
}
