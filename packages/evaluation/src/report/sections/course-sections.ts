/** How the network was trained, how long everything took, and what to try next. */
import type { ReportContent } from "../content.ts";
import { lossFigure } from "../figures/loss-figure.ts";
import { html, type Markup } from "../markup.ts";
import { duration } from "../numbers.ts";

export function trainingSection({ training }: ReportContent): Markup | null {
  if (training === null) return null;
  return html`<section id="training"><h2>Training</h2><p class="soft">${training.description}</p>${lossFigure(training)}</section>`;
}

export function timingsSection({ timings }: ReportContent): Markup | null {
  if (timings.length === 0) return null;
  const total = timings.reduce((sum, { seconds }) => sum + seconds, 0);
  const longest = Math.max(...timings.map(({ seconds }) => seconds), Number.MIN_VALUE);
  const rows = timings.map(
    ({ stage, seconds }) =>
      html`<tr><th scope="row">${stage}</th><td class="bars"><span class="bar" style="width:${((100 * seconds) / longest).toFixed(1)}%"></span></td><td>${duration(seconds)}</td></tr>
`,
  );
  return html`<section id="timings"><h2>How long it took</h2><table><tbody>${rows}<tr class="main"><th scope="row">All stages</th><td></td><td>${duration(total)}</td></tr></tbody></table></section>`;
}

export function commandsSection({ commands }: ReportContent): Markup | null {
  if (commands.length === 0) return null;
  const items = commands.map(
    ({ command, effect }) =>
      html`<dt><pre tabindex="0"><code>${command}</code></pre></dt><dd>${effect}</dd>`,
  );
  return html`<section id="next"><h2>What to try next</h2><dl>${items}</dl></section>`;
}
