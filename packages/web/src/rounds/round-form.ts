/** The form of a new round: what is typed, and the request that it comes to. */
import type { RoundModel, RoundRequest } from "@malleolus/schema";

/** Numbers as they are typed. */
export interface RoundForm {
  readonly name: string;
  readonly people: readonly string[];
  /** Empty for all. */
  readonly cases: string;
  /** Per cent, as are the two below it but for days. */
  readonly repeats: string;
  readonly washout: string;
  readonly qualifies: boolean;
  readonly pass: string;
  readonly model: RoundModel;
  readonly seed: string;
}

export const firstRound: RoundForm = {
  name: "",
  people: [],
  cases: "",
  repeats: "10",
  washout: "14",
  qualifies: false,
  pass: "80",
  model: "never",
  seed: "1",
};

/** Null as long as something is missing or is no number that a round could have. */
export function roundRequest(form: RoundForm, requestId: string): RoundRequest | null {
  const { name, people, qualifies, model } = form;
  const cases = form.cases.trim() === "" ? undefined : within(form.cases, 1, 1e6);
  const repeats = within(form.repeats, 0, 100);
  const washout = within(form.washout, 0, 3650);
  const pass = within(form.pass, 0, 100);
  const seed = within(form.seed, 0, 2 ** 31);
  const isWrong = [cases, repeats, washout, pass, seed].includes(null);
  if (isWrong || name.trim() === "" || people.length === 0) return null;
  return {
    requestId,
    name: name.trim(),
    people: [...people],
    ...(typeof cases === "number" ? { cases: Math.round(cases) } : {}),
    repeatShare: (repeats ?? 0) / 100,
    washoutDays: washout ?? 0,
    seed: Math.round(seed ?? 0),
    model: qualifies ? "never" : model,
    passShare: qualifies ? (pass ?? 0) / 100 : null,
  };
}

/** With a comma or a point; null for another text or number. */
function within(text: string, least: number, most: number): number | null {
  const number = text.trim() === "" ? Number.NaN : Number(text.trim().replace(",", "."));
  return number >= least && number <= most ? number : null;
}
