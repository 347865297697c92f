/** How far readers agree with each other, before anybody decided between them. */
import type { ChanceCorrected } from "../../observers/chance-corrected.ts";
import type { IntraObserver, ObserverAgreement } from "../../observers/observer-agreement.ts";
import type { ReportContent } from "../content.ts";
import { agreementAnchor, linked } from "../links.ts";
import { html, type Markup, type Piece } from "../markup.ts";
import type { MeasurementAgreement } from "../measurement-agreement.ts";
import { count, withInterval } from "../numbers.ts";
import { readersTable } from "../tables.ts";
import type { Name } from "./name.ts";

export function readersSection({ readers }: ReportContent, name: Name): Markup | null {
  if (readers.length === 0) return null;
  const parts = readers.map(
    ({ name: title, agreement, observers, intra, measurements }, place) =>
      html`<h3>${title}</h3><p class="soft">${count(agreement.cases)} cases. Fleiss' kappa for all readers, Cohen's for pairs.</p>${readersTable(agreement, place)}${coefficients(observers, place)}${categories(observers, name, place)}${withThemselves(intra, place)}${measured(measurements, place)}`,
  );
  return html`<section id="readers"><h2>How far readers agree</h2>${parts}</section>`;
}

function coefficients({ alpha, ordinalAlpha, pairs }: ObserverAgreement, place: number): Markup {
  const to = (key: string, one: ChanceCorrected) => linked(agreementAnchor(place, key), of(one));
  const weighted = pairs.map(
    ({ readers, quadraticKappa }, i) =>
      html`${i === 0 ? "" : ", "}${to(`pair-${i}`, quadraticKappa)} (${readers[0]} and ${readers[1]})`,
  );
  return html`<p style="margin-top:14px">Krippendorff's alpha over all that was said is ${to("all", alpha)}. Over the classes alone, in their order, it is ${to("all", ordinalAlpha)}, and kappa with quadratic weights is ${weighted}.</p>`;
}

/** Each class and exclusion against all else: where agreement is lost. */
function categories(
  { categories: all, cases }: ObserverAgreement,
  name: Name,
  place: number,
): Markup | null {
  if (all.length === 0) return null;
  const rows = all.map(
    ({ category, isExclusion, mentioned, alpha }, i) =>
      html`<tr><th scope="row">${name(category)}${isExclusion ? " (left out)" : ""}</th><td>${linked(agreementAnchor(place, `category-${i}`), count(mentioned))}</td><td>${linked(agreementAnchor(place, `category-${i}`), of(alpha))}</td></tr>
`,
  );
  return html`<div class="wide" tabindex="0" role="region" aria-label="Agreement by class and exclusion"><table><thead><tr><td></td><th scope="col">said by anyone, of ${count(cases)} cases</th><th scope="col">alpha, this or not this</th></tr></thead><tbody>
${rows}</tbody></table></div>`;
}

/** Of readers who had cases a second time without being told. */
function withThemselves(intra: readonly IntraObserver[], place: number): Markup | null {
  if (intra.length === 0) return null;
  const rows = intra.map(({ reader, kappa }, i) => {
    const to = (figure: Piece) => linked(agreementAnchor(place, `repeats-${i}`), figure);
    return html`<tr><th scope="row">${reader}</th><td>${to(count(kappa.cases))}</td><td>${to(of(kappa))}</td></tr>
`;
  });
  return html`<p style="margin-top:14px">Each reader with themselves, of cases that came a second time, which no reader could tell.</p><div class="wide" tabindex="0" role="region" aria-label="Agreement of each reader with themselves"><table><thead><tr><td></td><th scope="col">cases read twice</th><th scope="col">kappa</th></tr></thead><tbody>
${rows}</tbody></table></div>`;
}

/** In millimetres or degrees: how far all agree, and where most differences of two lie. */
function measured(measurements: readonly MeasurementAgreement[], place: number): Markup | null {
  if (measurements.length === 0) return null;
  const rows = measurements.map(({ name, unit, correlation, pairs }, i) => {
    const to = (figure: Piece) => linked(agreementAnchor(place, `measured-${i}`), figure);
    const { value, interval } = correlation;
    const ofPairs = pairs.map(
      ({ readers: [one, other], limits: { pairs: count, bias, lowerLimit, upperLimit } }) =>
        html`<tr><th scope="row">${one} less ${other}</th><td>${to(count)}</td><td></td><td>${to(withInterval(bias.value, bias.interval))}</td><td>${to(withInterval(lowerLimit.value, lowerLimit.interval))}</td><td>${to(withInterval(upperLimit.value, upperLimit.interval))}</td></tr>
`,
    );
    return html`<tr class="main"><th scope="row">${name} (${unit}), all readers</th><td>${to(correlation.cases)}</td><td>${to(withInterval(value, interval))}</td><td></td><td></td><td></td></tr>
${ofPairs}`;
  });
  return html`<p style="margin-top:14px">Measurements of the protocol: ICC(2,1), the agreement of single measurements of any readers, and for each pair Bland and Altman's limits, within which nineteen of twenty differences lie.</p><div class="wide" tabindex="0" role="region" aria-label="Agreement of measurements"><table><thead><tr><td></td><th scope="col">radiographs</th><th scope="col">ICC(2,1)</th><th scope="col">mean difference</th><th scope="col">lower limit</th><th scope="col">upper limit</th></tr></thead><tbody>
${rows}</tbody></table></div>`;
}

function of({ value, interval }: ChanceCorrected): Markup {
  return withInterval(value, interval);
}
