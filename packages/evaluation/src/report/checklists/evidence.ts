/**
 * What a study knows of the topics that checklists ask for: a sentence with its figures, and where in the
 * report they stand; nothing where the report has nothing of it.
 */
import type { ReportContent } from "../content.ts";
import {
  acquisition,
  assignment,
  characteristics,
  dataSources,
  deidentification,
  eligibility,
  flow,
  missingData,
  poorInput,
  preparation,
  sampleSize,
  separation,
  subsets,
} from "./evidence-of-data.ts";
import {
  annotators,
  ensemble,
  imbalance,
  initialisation,
  measures,
  model,
  output,
  referenceStandard,
  reproduction,
  selection,
  software,
  training,
  uncertainty,
  variability,
} from "./evidence-of-methods.ts";
import {
  calibration,
  caseLevel,
  comparator,
  externalResult,
  failures,
  groups,
  internalResult,
  performance,
  robustness,
  utility,
} from "./evidence-of-results.ts";
import type { Evidence } from "./evidence-words.ts";

const TOPICS = {
  data: dataSources,
  eligibility,
  preparation,
  subsets,
  deidentification,
  missing: missingData,
  acquisition,
  reference: referenceStandard,
  annotators,
  variability,
  assignment,
  separation,
  size: sampleSize,
  model,
  software,
  initialisation,
  training,
  selection,
  ensemble,
  measures,
  uncertainty,
  robustness,
  cases: caseLevel,
  internal: internalResult,
  external: externalResult,
  flow,
  characteristics,
  performance,
  failures,
  imbalance,
  output,
  comparator,
  reproduction,
  poorInput,
  calibration,
  utility,
  groups,
} as const satisfies Readonly<Record<string, (content: ReportContent) => Evidence | null>>;

export type Topic = keyof typeof TOPICS;

const isTopic = (name: string): name is Topic => Object.hasOwn(TOPICS, name);
const topics = Object.keys(TOPICS).filter(isTopic);

export type KnownTopics = ReadonlyMap<Topic, Evidence>;

export function evidenceOf(content: ReportContent): KnownTopics {
  const known = new Map<Topic, Evidence>();
  for (const topic of topics) {
    const evidence = TOPICS[topic](content);
    if (evidence !== null) known.set(topic, evidence);
  }
  return known;
}
