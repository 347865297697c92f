/**
 * Several processes that analyse, each with a warm model of its own, as one: while one makes a study's objects, which
 * takes one core, another's network has the others. The second begins once the first is warm, so that nobody waits
 * longer for the first.
 */
import {
  type Analyst,
  AnalystBusy,
  type AnalystOptions,
  openAnalyst,
  type StartAnalysis,
} from "./analyst.ts";

/** `onModel` is told whenever one becomes warm, or is it no more. */
export function openAnalysts(
  count: number,
  start: StartAnalysis,
  onModel: () => void,
  options: AnalystOptions = {},
): Analyst {
  const all: Analyst[] = [];
  let isClosing = false;
  const begin = () => {
    const own = openAnalyst(
      start,
      () => {
        const isNewest = all.at(-1) === own;
        if (own.isWarm && isNewest && all.length < count && !isClosing) begin();
        onModel();
      },
      options,
    );
    all.push(own);
  };
  begin();
  const free = (): Analyst => {
    const found = all.find(({ isFree }) => isFree);
    if (found === undefined) throw new AnalystBusy("no process is free");
    return found;
  };
  return {
    get isWarm() {
      return all.some(({ isWarm }) => isWarm);
    },
    get isRefused() {
      return all.some(({ isRefused }) => isRefused);
    },
    get capacity() {
      return all.reduce((sum, { capacity }) => sum + capacity, 0);
    },
    get isFree() {
      return all.some(({ isFree }) => isFree);
    },
    get restarts() {
      return all.reduce((sum, { restarts }) => sum + restarts, 0);
    },
    analyse: async (order, onProgress) => free().analyse(order, onProgress),
    look: async (order, onProgress) => free().look(order, onProgress),
    restart() {
      for (const one of all) one.restart();
    },
    async close() {
      isClosing = true;
      await Promise.all(all.map((one) => one.close()));
    },
  };
}
