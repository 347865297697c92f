/** The findings that a picture beside the truth shows, of a detector's many. */
import type { Finding } from "@malleolus/schema";

const MOST = 3;
/** The score below which only the best one is drawn. */
const FROM = 0.3;

export function shownFindings(findings: readonly Finding[]): Finding[] {
  const sorted = findings.toSorted((a, b) => b.score - a.score);
  return sorted.filter(({ score }, i) => i === 0 || score >= FROM).slice(0, MOST);
}
