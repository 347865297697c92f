/** Many studies on all cores: the same as `simulateStudy` gives one by one, to the last bit. */
import { availableParallelism } from "node:os";
import { startThread, threadPool } from "@malleolus/host";
import type { PatientSpec } from "../patient/patient.ts";
import type { XrayUnit } from "../radiography/xray-unit.ts";
import type { Hospital, PhantomStudy } from "./hospital.ts";
import type { Question, Simulation, StudyFacts } from "./simulation-messages.ts";

export interface StudiesToSimulate {
  readonly hospital: Hospital;
  readonly seed: string;
  /** One a study. */
  readonly specs: Iterable<PatientSpec>;
  /** The first study's number; the others follow. 1 unless given. */
  readonly firstNumber?: number;
  /** Another X-ray unit than the hospital's, for smaller radiographs: `withPitch(room, 0.4)`. */
  readonly xrayUnit?: XrayUnit;
  /** As many threads as cores unless given. */
  readonly workers?: number;
}

/** Studies waiting to be taken, for each thread: what bounds memory. */
const AHEAD = 2;

/**
 * The studies in the order of their specs. The displayed values of radiographs, which their files
 * hold too, come only where asked for. Leaving the loop ends the threads.
 */
export function simulateStudies(
  studies: StudiesToSimulate & { readonly pixels: true },
): AsyncGenerator<PhantomStudy>;
export function simulateStudies(studies: StudiesToSimulate): AsyncGenerator<StudyFacts>;
export async function* simulateStudies(
  studies: StudiesToSimulate & { readonly pixels?: boolean },
): AsyncGenerator<StudyFacts> {
  const { hospital, seed, firstNumber = 1, workers = availableParallelism() } = studies;
  if (!Number.isInteger(workers) || workers < 1) {
    throw new RangeError(`simulateStudies: workers must be a whole number above 0, not ${workers}`);
  }
  const simulation: Simulation = {
    hospital,
    seed,
    xrayUnit: studies.xrayUnit ?? hospital.xrayUnit,
    pixels: studies.pixels ?? false,
  };
  const specs = studies.specs[Symbol.iterator]();
  const pool = threadPool(workers, () =>
    startThread<Question, StudyFacts, string>(new URL("./simulation-worker.ts", import.meta.url), {
      name: "a simulation's thread",
      errorOf: (failure) => new Error(failure),
      workerData: simulation,
    }),
  );
  const waiting: Promise<StudyFacts>[] = [];
  const simulate = (question: Question): Promise<StudyFacts> =>
    pool.lend(async (thread) => {
      try {
        return await thread.ask(question);
      } catch (error) {
        throw failed(simulation, question, error);
      }
    });
  try {
    for (let number = firstNumber; ; ) {
      while (waiting.length < AHEAD * workers) {
        const next = specs.next();
        if (next.done === true) break;
        const study = simulate({ number: number++, spec: next.value });
        // Whoever takes it hears of the error; until then nobody does.
        study.catch(() => {});
        waiting.push(study);
      }
      const study = waiting.shift();
      if (study === undefined) return;
      yield await study;
    }
  } finally {
    await pool.close();
  }
}

function failed({ hospital, seed }: Simulation, question: Question, cause: unknown): Error {
  const { number, spec } = question;
  const what = `patient ${number} of the ${hospital.key} hospital (seed ${JSON.stringify(seed)}, class ${spec.weberClass ?? "none"}, exclusion ${spec.exclusion ?? "none"})`;
  const why = (cause instanceof Error ? cause.message : String(cause)).replace(/\s*\n\s*/g, " ");
  return new Error(`internal: simulating ${what} failed: ${why}`, { cause });
}
