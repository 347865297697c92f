/**
 * The patients behind the figures of a confusion, whoever has called them: the detector, another rule over
 * the views, or a reader.
 */
import { type Evaluation, PAPER_RULE } from "../evaluate.ts";
import {
  type CalledKeys,
  type CaseGroup,
  type GroupClass,
  type GroupMeasure,
  groupKeys,
  groupOf,
} from "./case-groups.ts";
import type { ReaderResult } from "./reader-results.ts";

/** A patient by the place, the class and what somebody calls it. */
interface Called {
  readonly place: number;
  readonly truth: string;
  readonly called: string;
}

/** One way to call patients. */
interface Way {
  readonly all: readonly Called[];
  /** Before each title. */
  readonly words: string;
  readonly keys: CalledKeys;
  /** Those that the page shows of it. */
  readonly measures: readonly GroupMeasure[];
}

const SHOWN_OF_OTHERS: readonly GroupMeasure[] = ["sensitivity", "specificity"];

/** Of patients, as the detector calls them. */
export function patientGroups(evaluation: Evaluation): CaseGroup[] {
  const way = detectorsWay(evaluation);
  return [
    ...accuracyAndFracture(way, evaluation.settings),
    ...classGroups(way, evaluation.settings),
  ];
}

/** One for each cell of the confusion in which there is somebody. */
export function cellGroups(evaluation: Evaluation): CaseGroup[] {
  return cellsOf(detectorsWay(evaluation), evaluation.settings);
}

/** Of every rule over views but the main one, whose the others are; of the paper's each class, too. */
export function ruleGroups(evaluation: Evaluation): CaseGroup[] {
  const { outcomes, rules, rule: main, settings } = evaluation;
  return rules
    .filter(({ rule }) => rule !== main)
    .flatMap(({ rule, called, undecided }) => {
      const words = `Views by ${rule}: `;
      const way: Way = {
        all: outcomes.map(({ truth }, place) => ({ place, truth, called: called[place] })),
        words,
        keys: groupKeys.rule(rule),
        measures: SHOWN_OF_OTHERS,
      };
      const brief = accuracyAndFracture(way, settings);
      if (rule !== PAPER_RULE) return brief;
      return [
        ...brief,
        ...classGroups(way, settings),
        ...cellsOf(way, settings),
        {
          key: groupKeys.ruleUndecided(rule),
          title: `${words}no class won`,
          class: null,
          counted: undecided,
          others: [],
        },
      ];
    });
}

/** Of every reader, the patients whom the reader put into a class. */
export function readerGroups(
  { outcomes, settings }: Evaluation,
  readers: readonly ReaderResult[],
): CaseGroup[] {
  const placeOf = new Map(outcomes.map(({ patient }, place) => [patient, place]));
  return readers.flatMap(({ name, readings }, reader) => {
    const all = readings.flatMap(({ patient, truth, said }): Called[] => {
      const place = placeOf.get(patient);
      return place === undefined ? [] : [{ place, truth, called: said }];
    });
    const keys = groupKeys.reader(reader);
    const way: Way = { all, words: `${name}: `, keys, measures: SHOWN_OF_OTHERS };
    const detector = ({ place, truth }: Called) => outcomes[place].prediction.class === truth;
    const alone = ({ truth, called }: Called) => truth === called;
    return [
      ...accuracyAndFracture(way, settings),
      groupOf(
        groupKeys.readerDetector(reader),
        `${name}'s patients: the detector is right`,
        null,
        all,
        () => true,
        detector,
        ({ place }) => place,
      ),
      groupOf(
        groupKeys.readerDiffers(reader),
        `${name} or the detector is right: ${name} alone`,
        null,
        all,
        (one) => alone(one) !== detector(one),
        alone,
        ({ place }) => place,
      ),
    ];
  });
}

function detectorsWay({ outcomes }: Evaluation): Way {
  return {
    all: outcomes.map(({ truth, prediction }, place) => ({
      place,
      truth,
      called: prediction.class,
    })),
    words: "",
    keys: groupKeys,
    measures: ["sensitivity", "specificity", "ppv", "npv"],
  };
}

function accuracyAndFracture(way: Way, { noFractureClass }: Evaluation["settings"]): CaseGroup[] {
  const { all, words, keys } = way;
  const right = ({ truth, called }: Called) => truth === called;
  const isFracture = (name: string) => name !== noFractureClass;
  const title = capitalized(`${words}accuracy`);
  return [
    groupOf(keys.accuracy, title, null, all, () => true, right, placeOf),
    ...measuresOf(way, "fracture", "any fracture", isFracture),
  ];
}

function classGroups(way: Way, { classes }: Evaluation["settings"]): CaseGroup[] {
  return classes.flatMap((name, place) =>
    measuresOf(way, place, "{class}", (one) => one === name, name),
  );
}

function cellsOf({ all, words, keys }: Way, { classes }: Evaluation["settings"]): CaseGroup[] {
  return classes.flatMap((truth, row) =>
    classes.flatMap((called, column) => {
      const counted = all.flatMap((one) =>
        one.truth === truth && one.called === called ? [one.place] : [],
      );
      if (counted.length === 0) return [];
      const title = `${words}{class}, called {called}`;
      return [{ key: keys.cell(row, column), title, class: truth, called, counted, others: [] }];
    }),
  );
}

function measuresOf(
  { all, words, keys, measures }: Way,
  key: GroupClass,
  title: string,
  belongs: (name: string) => boolean,
  name: string | null = null,
): CaseGroup[] {
  const is = ({ truth }: Called) => belongs(truth);
  const called = (one: Called) => belongs(one.called);
  const not = (test: (one: Called) => boolean) => (one: Called) => !test(one);
  /** What it is called, who is in it, and who counts. */
  const groups: Readonly<
    Record<GroupMeasure, readonly [string, (one: Called) => boolean, (one: Called) => boolean]>
  > = {
    sensitivity: ["sensitivity", is, called],
    specificity: ["specificity", not(is), not(called)],
    ppv: ["positive predictive value", called, is],
    npv: ["negative predictive value", not(called), not(is)],
  };
  return measures.map((measure) => {
    const [said, own, counts] = groups[measure];
    const full = capitalized(`${words}${said}, ${title}`);
    return groupOf(keys.measure(measure, key), full, name, all, own, counts, placeOf);
  });
}

function placeOf({ place }: Called): number {
  return place;
}

function capitalized(words: string): string {
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;
}
