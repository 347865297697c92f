/**
 * The cases behind the agreement of readers: of all readers and of each pair those of whom they said the
 * same and those of whom they did not, and of each class and exclusion those of whom anybody said it.
 */
import type { ReportContent, ReportedReaders } from "../content.ts";
import { agreementAnchor, patientAnchor } from "../links.ts";
import { html, type Markup } from "../markup.ts";
import type { Name } from "./name.ts";
import { patientLinks } from "./patient-links.ts";

/** Of the readers at `place`; `shown` leads from patients to their rows where they have one. */
export function readingsBehind(
  { name: title, observers, agreement, rows, intra, repeats, measurements }: ReportedReaders,
  place: number,
  shown: ReadonlyMap<string, string>,
  name: Name,
): Markup {
  const known = (said: readonly (string | null)[]) => said.filter((one) => one !== null);
  const groups = [
    {
      key: "all",
      title: "all said the same",
      of: rows.filter(({ said }) => known(said).length === said.length),
      is: (said: readonly (string | null)[]) => new Set(said).size === 1,
    },
    ...agreement.pairs.map(({ readers: [one, other] }, i) => {
      const [first, second] = [one, other].map((reader) => agreement.readers.indexOf(reader));
      return {
        key: `pair-${i}`,
        title: `${one} and ${other} said the same`,
        of: rows.filter(({ said }) => said[first] !== null && said[second] !== null),
        is: (said: readonly (string | null)[]) => said[first] === said[second],
      };
    }),
  ];
  const items = groups.map(({ key, title: what, of, is }) => {
    const not = of.filter(({ said }) => !is(said));
    return html`<li id="${agreementAnchor(place, key)}"><b>${title}: ${what}</b> ${of.length - not.length}/${of.length}; not: ${links(not, shown)}</li>
`;
  });
  const categories = observers.categories.map(({ category }, i) => {
    const own = rows.filter(({ said }) => said.includes(category));
    return html`<li id="${agreementAnchor(place, `category-${i}`)}"><b>${title}: anybody said ${name(category)}</b> ${own.length}: ${links(own, shown)}</li>
`;
  });
  const twice = intra.map(({ reader }, i) => {
    const own = repeats.filter((one) => one.reader === reader);
    const not = own.filter(({ first, second }) => first !== second);
    return html`<li id="${agreementAnchor(place, `repeats-${i}`)}"><b>${title}: ${reader} said the same twice</b> ${own.length - not.length}/${own.length}; not: ${links(not, shown)}</li>
`;
  });
  const measured = measurements.map(({ name: what, rows: own }, i) => {
    const [by, not] = [true, false].map((wanted) =>
      own.filter(({ values }) => values.every((value) => value !== null) === wanted),
    );
    return html`<li id="${agreementAnchor(place, `measured-${i}`)}"><b>${title}: all measured ${what}</b> ${by.length}/${own.length}: ${links(by, shown)}<span class="not">not: ${links(not, shown)}</span></li>
`;
  });
  return html`<ul class="behind">${items}${categories}${twice}${measured}</ul>`;
}

/** Where each patient's row is, the first test's of several. */
export function patientRows({ tests }: ReportContent): Map<string, string> {
  const rows = new Map<string, string>();
  for (const { id, evaluation } of tests) {
    for (const [place, { patient }] of evaluation.outcomes.entries()) {
      if (!rows.has(patient)) rows.set(patient, patientAnchor(id, place));
    }
  }
  return rows;
}

function links(
  some: readonly { readonly patient: string }[],
  shown: ReadonlyMap<string, string>,
): Markup {
  return patientLinks(
    some.map(({ patient }) => patient),
    shown,
  );
}
