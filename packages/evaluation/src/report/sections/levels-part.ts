/** A test's classes by millimetres beside the network's. */
import type { Proportion } from "@malleolus/schema";
import { groupKeys } from "../case-groups.ts";
import type { ReportedTest } from "../content.ts";
import { groupAnchor, linked } from "../links.ts";
import { html, type Markup } from "../markup.ts";
import { counted, decimal, withInterval } from "../numbers.ts";

/** Null where nobody has outlined the bones. */
export function levelsPart({ id, levels }: ReportedTest): Markup | null {
  if (levels === null) return null;
  const { comparison, geometry, network, missing, bonesBy, patients } = levels;
  const { determinable, agreement, right, rescuedByGeometry, rescuedByNetwork } = comparison;
  const to = (key: string, figure: Markup | number) => linked(groupAnchor(id, key), figure);
  const reasons = Object.entries(missing).map(([why, count]) => `${why} ${count}`);
  const title = html`<h3>The Weber class by millimetres</h3>`;
  const all = html`It can be determined in ${to(groupKeys.level("determinable"), html`${determinable}/${patients.length}`)} of the patients with a fracture${reasons.length === 0 ? "" : ` (not in the others: ${reasons.join(", ")})`}.`;
  const bones =
    bonesBy.annotators === 0
      ? "Bones are outlined by a model"
      : bonesBy.model === 0
        ? "Bones are outlined by annotators, which is the best that there could be"
        : `Bones are outlined by a model on ${bonesBy.model} radiographs, by annotators on ${bonesBy.annotators}`;
  const method = html`<p class="soft">Where the best fracture that is shown crosses the fibula, in millimetres above the plafond, its ends averaged over the views; the class by the zones of the protocol. ${bones}. It is a second opinion, and no part of the class that counts. ${all}</p>`;
  if (determinable === 0) return html`${title}${method}`;
  const row = (label: string, key: "geometry" | "network", share: Proportion) =>
    html`<tr><th scope="row">${label}</th><td>${to(groupKeys.level(key), counted(share))}</td></tr>
`;
  return html`${title}${method}<div class="wide" tabindex="0" role="region" aria-label="Classes by millimetres"><table><tbody>
${row("Right by millimetres", "geometry", geometry)}${row("Right by the network, of the same patients", "network", network)}<tr><th scope="row">Right by millimetres alone</th><td>${to(groupKeys.level("rescued-by-geometry"), rescuedByGeometry.length)}</td></tr>
<tr><th scope="row">Right by the network alone</th><td>${to(groupKeys.level("rescued-by-network"), rescuedByNetwork.length)}</td></tr>
<tr><th scope="row">Difference, McNemar's exact p</th><td>${to(groupKeys.level("determinable"), html`${withInterval(right.difference, right.interval)}, p ${decimal(right.exactP, 3)}, ${determinable} patients`)}</td></tr>
<tr><th scope="row">Kappa of both classes</th><td>${to(groupKeys.level("determinable"), withInterval(agreement.value, agreement.interval))}</td></tr></tbody></table></div>`;
}
