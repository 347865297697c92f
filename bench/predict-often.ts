/**
 * Predictions that are asked for as the page asks for them: radiographs are sent, looked at, asked after, and forgotten;
 * whoever has an answer asks for the next patient's at once.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { internalHospital, simulateStudies } from "@malleolus/phantom";
import { shownPredictionSchema } from "@malleolus/schema";
import { signInAdministrator } from "@malleolus/server/simulated-readers";

/** As the page asks. */
const STEP_MS = 700;
const ENDS: readonly string[] = ["done", "refused"];

export interface Predicting {
  /** How many have ended since the first one had; those under way are forgotten. */
  end(): Promise<number>;
}

/** Returns when the first has ended: the detector is loaded then, and `most` are at work. */
export async function predictOften(address: string, most: number): Promise<Predicting> {
  const headers = await signInAdministrator(address);
  const files = await patient();
  let [ended, isOver] = [0, false];
  const first = Promise.withResolvers<void>();
  const all = Array.from({ length: most }, async () => {
    while (!isOver) {
      await predict(address, headers, files, () => isOver);
      ended += 1;
      first.resolve();
    }
  });
  for (const one of all) one.catch(first.reject);
  await first.promise;
  ended = 0;
  return {
    async end() {
      const done = ended;
      isOver = true;
      await Promise.all(all);
      return done;
    },
  };
}

/** Three radiographs at the detector's own pitch. */
async function patient(): Promise<Uint8Array<ArrayBuffer>[]> {
  const specs = [{ weberClass: "B", exclusion: null }] as const;
  const files: Uint8Array<ArrayBuffer>[] = [];
  const studies = simulateStudies({
    hospital: internalHospital,
    seed: "predict",
    specs,
    workers: 1,
  });
  for await (const { images } of studies) {
    files.push(...images.map(({ file }) => new Uint8Array(file)));
  }
  return files;
}

async function predict(
  address: string,
  headers: Readonly<Record<string, string>>,
  files: readonly Uint8Array<ArrayBuffer>[],
  isOver: () => boolean,
): Promise<void> {
  const url = `${address}/api/predictions/${randomUUID()}`;
  const bytes = { ...headers, "content-type": "application/octet-stream" };
  for (const [place, file] of files.entries()) {
    const path = `${url}/files/${place}?name=${place}.dcm`;
    await answered(path, { method: "PUT", headers: bytes, body: file });
  }
  await answered(`${url}/analysis`, { method: "POST", headers, body: "{}" });
  for (;;) {
    const { state, problem } = shownPredictionSchema.parse(await answered(url, { headers }));
    if (state === "refused") throw new Error(`a prediction: ${problem}`);
    if (ENDS.includes(state) || isOver()) break;
    await wait(STEP_MS);
  }
  const { "content-type": _, ...bare } = headers;
  await answered(url, { method: "DELETE", headers: bare });
}

async function answered(url: string, init: RequestInit): Promise<unknown> {
  const answer = await fetch(url, init);
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}
