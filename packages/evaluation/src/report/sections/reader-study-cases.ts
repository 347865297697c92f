/** The patients of the reader study, with what every reader said of each under every condition. */
import { readerScoresAnchor, readerStudyAnchor } from "../links.ts";
import { html, type Markup } from "../markup.ts";
import { count } from "../numbers.ts";
import type { ReaderStudyResult } from "../reader-study-result.ts";

/** Patients that are listed; of larger studies those on whom readers' scores lie furthest apart. */
const MOST_LISTED = 500;

/** `shown` leads from patients to their rows in the tests where they have one. */
export function readerStudyCases(
  { analysis, cases }: ReaderStudyResult,
  shown: ReadonlyMap<string, string>,
): Markup {
  const { conditions, readers } = analysis;
  const columns = conditions.flatMap((condition, i) =>
    readers.map((reader, j) => ({ condition, reader, i, j })),
  );
  const rows = listed(cases).map(({ patient, hasFracture, scores }) => {
    const anchor = shown.get(patient);
    const short = patient.slice(-6);
    const who = anchor === undefined ? html`${short}` : html`<a href="#${anchor}">${short}</a>`;
    return html`<tr><th scope="row">${who}</th><td>${hasFracture ? "fracture" : "none"}</td>${columns.map(({ i, j }) => html`<td>${`${scores[i][j]}`.replace("-", "−")}</td>`)}</tr>
`;
  });
  const beyond = cases.length - rows.length;
  return html`<h3>The reader study</h3><p class="soft">What each reader said of each patient: higher for a likelier fracture.${beyond === 0 ? null : ` Not listed here: ${count(beyond)} patients on whom readers lie nearer together. tables.csv and report.json have them.`}</p><div class="wide" tabindex="0" role="region" aria-label="Patients of the reader study"><table id="${readerStudyAnchor}"><thead><tr><th rowspan="2" scope="col">patient</th><th rowspan="2" scope="col">truth</th>${conditions.map((condition) => html`<th scope="colgroup" colspan="${readers.length}">${condition}</th>`)}</tr>
<tr>${columns.map(({ reader, i, j }) => html`<th scope="col" id="${readerScoresAnchor(i, j)}">${reader}</th>`)}</tr></thead><tbody>
${rows}</tbody></table></div>`;
}

function listed(cases: ReaderStudyResult["cases"]): ReaderStudyResult["cases"] {
  if (cases.length <= MOST_LISTED) return cases;
  const apart = ({ scores }: ReaderStudyResult["cases"][number]) =>
    Math.max(...scores.flat()) - Math.min(...scores.flat());
  const kept = new Set(cases.toSorted((a, b) => apart(b) - apart(a)).slice(0, MOST_LISTED));
  return cases.filter((one) => kept.has(one));
}
