/** A screening in words: the funnel, its measure against a truth, and one case's reasons. */
import type { HospitalFunnel, Mention, Proportion } from "@malleolus/schema";
import type { CaseExplanation, DecisionSummary, Study } from "@malleolus/studies";
import type { MeasuredTruth } from "./measure-truth.ts";

const MOST_FREQUENT = 3;
const FIRST = 10;

/** Each hospital's funnel, from the archive to the candidates, then the words that decided most. */
export function describeFunnel(
  { configuration, protocol }: Study,
  funnel: readonly HospitalFunnel[],
  { uncertain, words }: DecisionSummary,
): string {
  const nameOf = (code: string) => protocol.exclusions.find(({ id }) => id === code)?.name;
  const hospitals = funnel.map((row) => {
    const name = configuration.hospitals.find(({ id }) => id === row.hospital)?.name ?? "";
    const screened = Object.entries(row.screened);
    const excluded = Object.entries(row.excluded).toSorted(([, a], [, b]) => b - a);
    const all = row.screened["excluded by keyword"];
    return [
      `hospital ${row.hospital}, ${name}\n`,
      countLine(0, row.cases, null, `cases of ${row.patients} patients, ${row.images} radiographs`),
      countLine(0, row.withReport, row.cases, "with a report"),
      ...screened.map(([state, count]) => countLine(1, count, row.withReport, state)),
      ...excluded.map(([code, count]) =>
        countLine(2, count, all, `${nameOf(code) ?? "No keyword says anything"} (${code})`),
      ),
    ].join("");
  });
  const states = Object.keys(funnel[0]?.screened ?? {});
  const predicted = new Set(words.map((one) => one.predicted));
  const landings = [...states.filter((state) => predicted.delete(state)), ...predicted];
  const width = Math.max(0, ...landings.map((landing) => landing.length));
  const frequent = landings.map((landing) => {
    const own = words.filter((one) => one.predicted === landing).slice(0, MOST_FREQUENT);
    const said = own.map((one) => `"${one.words}" ${one.count}`).join(", ");
    return `  ${landing.padEnd(width)}  ${said}\n`;
  });
  const doubts = `reports that call a fracture only possible: ${uncertain}\n`;
  return `${hospitals.join("\n")}\n${doubts}\nwords that decided most often\n${frequent.join("")}`;
}

/** `     12   80.0 %    candidate fracture` */
function countLine(depth: number, count: number, of: number | null, what: string): string {
  const share = of === null || of === 0 ? "" : percent(count / of);
  return `${String(count).padStart(9)}${share.padStart(9)}  ${"  ".repeat(depth)}${what}\n`;
}

/** Precision and recall by language, and the cases with another truth. */
export function describeComparison(truth: MeasuredTruth): string {
  const languages = truth.languages.map(({ language, cases, measures, codes }) => {
    const lines = measures.map(
      ({ state, precision, recall }) =>
        `  ${state.padEnd(22)}${describeProportion(precision).padEnd(WIDTH)}${describeProportion(recall)}\n`,
    );
    const named =
      codes.total === 0
        ? ""
        : `  right code, of the rightly excluded: ${codes.count}/${codes.total}\n`;
    const heading = `${language}, ${cases} cases`.padEnd(24);
    return `${heading}${"precision (95 %)".padEnd(WIDTH)}recall (95 %)\n${lines.join("")}${named}`;
  });
  const elsewhere = truth.disagreements
    .slice(0, FIRST)
    .map(
      ({ caseId, line, predicted, actual }) =>
        `  line ${line}: ${predicted}, truth ${actual}; --case ${caseId.slice(-8)}\n`,
    );
  const left = truth.disagreements.length - elsewhere.length;
  return [
    `against the truth: ${truth.compared} of ${truth.rows} rows\n`,
    describeLines("whose examination is not in the study", truth.unmatchedLines),
    describeLines("whose case was not screened", truth.unscreenedLines),
    ...languages,
    ...(elsewhere.length === 0 ? [] : ["other than the truth\n", ...elsewhere]),
    left > 0 ? `  and ${left} more: --json has them all\n` : "",
  ].join("");
}

const WIDTH = 32;

/** `0.967 (29/30, 0.833 to 0.994)` */
function describeProportion({ count, total, share, interval }: Proportion): string {
  if (share === null || interval === null) return "none";
  const [low, high] = interval.map((end) => end.toFixed(3));
  return `${share.toFixed(3)} (${count}/${total}, ${low} to ${high})`;
}

function describeLines(what: string, lines: readonly number[]): string {
  if (lines.length === 0) return "";
  const named = lines.slice(0, FIRST).join(", ");
  const more = lines.length > FIRST ? ", …" : "";
  return `${lines.length} ${lines.length === 1 ? "line" : "lines"} ${what}: ${named}${more}\n`;
}

/** The report with the words that decided between « and », and what each of them did. */
export function describeCase(found: CaseExplanation): string {
  const { caseId, hospital, state, run, decision, text } = found;
  const predicted = [decision.state, ...decision.codes].join(", ");
  const doubt = decision.uncertain ? ", only possible" : "";
  const now = state === decision.state ? "" : `; since then ${state}`;
  const reasons = decision.evidence.map((mention) => `  ${describeMention(mention)}\n`);
  const none = decision.evidence.length === 0 ? "  no keyword says anything\n" : "";
  return (
    `case ${caseId}, hospital ${hospital}\n` +
    `run ${run} (${decision.language}): ${predicted}${doubt}${now}\n` +
    `${reasons.join("")}${none}\n${markWords(text, decision.evidence)}\n`
  );
}

/** `"fracture", historical by "old", at "tibial": old-fracture` */
function describeMention({ words, status, modifiers, sites, codes }: Mention): string {
  const quote = (all: readonly { readonly text: string }[]) =>
    all.map(({ text }) => `"${text}"`).join(", ");
  const by = modifiers.length === 0 ? "" : ` by ${quote(modifiers)}`;
  const at = sites.length === 0 ? "" : `, at ${quote(sites)}`;
  const what = codes.length === 0 ? "" : `: ${codes.join(", ")}`;
  return `"${words.text}", ${status}${by}${at}${what}`;
}

function markWords(text: string, evidence: readonly Mention[]): string {
  const places = evidence
    .flatMap(({ words, modifiers, sites }) => [words, ...modifiers, ...sites])
    .toSorted((a, b) => a.start - b.start || b.end - a.end);
  let marked = "";
  let at = 0;
  for (const { start, end } of places) {
    // Two terms of the same words, and one within another, are marked once.
    if (start < at) continue;
    marked += `${text.slice(at, start)}«${text.slice(start, end)}»`;
    at = end;
  }
  return marked + text.slice(at);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
