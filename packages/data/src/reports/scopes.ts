/**
 * How far a word such as "no", "possible" or "old" reaches in its sentence, after NegEx (Chapman et
 * al. 2001) and ConText (Harkema et al. 2009), with changes for radiographs' short reports:
 *
 * - a comma ends the reach ("no fracture of the fibula, old tibial fracture") unless what follows
 *   goes on with a list ("no swelling, fracture or dislocation");
 * - what may stand before or after ("possible") means what is before it only at a clause's end
 *   ("fracture possible; repeat", but "fracture with possible syndesmotic injury");
 * - a single word about history reaches four words and one subject ("old fracture of the tibia and
 *   fracture of the fibula");
 * - what begins a statement ("that there is") does not end the reach of what it completes ("no
 *   evidence that there is a fracture");
 * - a condition ("if", "should … persist") reaches to the end of its sentence;
 * - an answer ("Fracture: no", "Any fracture? None.") means what stands before it;
 * - a denial behind a comma ("fracture of the fibula, not seen on the AP view") is about the
 *   picture, as is one about a single view or an earlier picture: it leaves at least a doubt.
 */
import type { MentionStatus } from "@malleolus/schema";
import type { Trigger } from "./language.ts";
import type { TermMatch } from "./terms.ts";
import type { Token } from "./tokens.ts";

/** Tokens `from` to `to` that a trigger changes, and to what. */
export interface Scope {
  readonly trigger: TermMatch<Trigger>;
  readonly status: MentionStatus;
  readonly from: number;
  readonly to: number;
  /** Only the nearest subject within, in the direction of the scope. */
  readonly nearestOnly: boolean;
  /** Only what excludes: a cast or a plate that is planned. */
  readonly onlyExclusions: boolean;
}

const STATUS: Partial<Record<Trigger, { status: MentionStatus; forward: boolean }>> = {
  negationBefore: { status: "negated", forward: true },
  negationAfter: { status: "negated", forward: false },
  possibleBefore: { status: "possible", forward: true },
  possibleAfter: { status: "possible", forward: false },
  questionBefore: { status: "question", forward: true },
  questionAfter: { status: "question", forward: false },
  historicalBefore: { status: "historical", forward: true },
  historicalAfter: { status: "historical", forward: false },
  conditional: { status: "question", forward: true },
  plannedBefore: { status: "question", forward: true },
  plannedAfter: { status: "question", forward: false },
  answerNo: { status: "negated", forward: false },
};

const HISTORY_WORDS = 4;
const LONGEST_ITEM = 3;
const LONGEST_LISTED = 5;
const COMMAS = new Set([",", ";", "(", ")", ":", "-", "="]);
/** What an answer stands behind. */
const ASKS = new Set([":", "-", "=", "?"]);

export function findScopes(
  tokens: readonly Token[],
  triggers: readonly TermMatch<Trigger>[],
  fractures: readonly TermMatch<unknown>[],
): Scope[] {
  const answers = triggers.filter((trigger) => isAnswer(trigger, tokens));
  const isAnswered = ({ from }: TermMatch<Trigger>) =>
    tokens[from].word === "?" && answers.some((answer) => answer.from === from + 1);
  return triggers.flatMap((trigger) => {
    const effect = STATUS[trigger.label];
    if (effect === undefined || isAnswered(trigger)) return [];
    const endsClause = trigger.to === tokens.length || COMMAS.has(tokens[trigger.to].word);
    const answersNo = effect.status === "negated" && answers.includes(trigger);
    if (trigger.label === "answerNo" && !answersNo) return [];
    if (isTwin(trigger, triggers) && effect.forward === endsClause) return [];
    const forward = effect.forward && !(answersNo && endsClause);
    const status = forward ? effect.status : statusBehind(trigger, effect.status, tokens, triggers);
    if (status === null) return [];
    const short = status === "historical" && trigger.to - trigger.from === 1;
    const stops = (other: TermMatch<Trigger>) =>
      other.label === "terminators" || (status === "historical" && other.label === "acute");
    return [
      {
        trigger,
        status,
        from: forward
          ? trigger.to
          : Math.max(
              startOfReach(tokens, triggers, trigger.from, stops),
              short ? trigger.from - HISTORY_WORDS : 0,
            ),
        to: !forward
          ? trigger.from
          : trigger.label === "conditional"
            ? tokens.length
            : Math.min(
                endOfReach(tokens, triggers, fractures, trigger.to, stops),
                short ? trigger.to + HISTORY_WORDS : tokens.length,
              ),
        nearestOnly: status === "historical",
        onlyExclusions: trigger.label === "plannedBefore" || trigger.label === "plannedAfter",
      },
    ];
  });
}

/** Whether a denial or a "yes" is all that stands behind a colon, a dash or a question mark. */
function isAnswer({ label, from, to }: TermMatch<Trigger>, tokens: readonly Token[]): boolean {
  const isOne =
    label === "answerNo" || label === "answerYes" || STATUS[label]?.status === "negated";
  const endsClause = to === tokens.length || COMMAS.has(tokens[to].word);
  return isOne && endsClause && from > 0 && ASKS.has(tokens[from - 1].word);
}

/** Whether the same words may mean what is before them and what is after them. */
function isTwin(
  { label, from, to }: TermMatch<Trigger>,
  triggers: readonly TermMatch<Trigger>[],
): boolean {
  const isOther = (other: TermMatch<Trigger>) =>
    other.label !== label &&
    other.from === from &&
    other.to === to &&
    STATUS[other.label]?.status === STATUS[label]?.status;
  return triggers.some(isOther);
}

/** What a denial behind the words that it means makes of them; null for nothing at all. */
function statusBehind(
  { label, from, to }: TermMatch<Trigger>,
  status: MentionStatus,
  tokens: readonly Token[],
  triggers: readonly TermMatch<Trigger>[],
): MentionStatus | null {
  if (label !== "negationAfter") return status;
  const isAside = from > 0 && (tokens[from - 1].word === "," || tokens[from - 1].word === "(");
  const partial = triggers.find(
    (other) =>
      other.label === "partialViews" &&
      (other.from === to || (other.to <= from && other.to >= from - LONGEST_ITEM)),
  );
  const goesOn = triggers.some(
    (other) => other.label === "coordinators" && other.from >= to && other.from <= to + 4,
  );
  const isPartial = partial !== undefined && !goesOn;
  if (isAside) return isPartial ? null : "possible";
  return isPartial ? "possible" : status;
}

type Stops = (other: TermMatch<Trigger>) => boolean;

function endOfReach(
  tokens: readonly Token[],
  triggers: readonly TermMatch<Trigger>[],
  fractures: readonly TermMatch<unknown>[],
  start: number,
  stops: Stops,
): number {
  // "No evidence that there is a …": what completes the trigger does not end its reach.
  let completed = start;
  for (const other of triggers) {
    if (stops(other) && other.from === completed) completed = other.to;
  }
  const end =
    triggers.find((other) => other.from >= completed && stops(other))?.from ?? tokens.length;
  for (let at = start; at < end; at++) {
    if (COMMAS.has(tokens[at].word) && !listGoesOn(tokens, triggers, fractures, at, end)) return at;
  }
  return end;
}

function startOfReach(
  tokens: readonly Token[],
  triggers: readonly TermMatch<Trigger>[],
  end: number,
  stops: Stops,
): number {
  const start = triggers.findLast((other) => other.to <= end && stops(other))?.to ?? 0;
  for (let at = end - 1; at >= start; at--) {
    const { word } = tokens[at];
    // "fracture: not seen", but not "swelling, fracture not seen".
    if (!COMMAS.has(word) || at === end - 1 || word === ":" || word === "-" || word === "=")
      continue;
    if (!listGoesBack(tokens, triggers, at, end)) return at + 1;
  }
  return start;
}

/**
 * Whether the comma at `comma` stands in a list: another item of one or two words, of more where no
 * fracture is among them, or a last "or".
 */
function listGoesOn(
  tokens: readonly Token[],
  triggers: readonly TermMatch<Trigger>[],
  fractures: readonly TermMatch<unknown>[],
  comma: number,
  end: number,
): boolean {
  if (tokens[comma].word !== ",") return false;
  // A new statement begins with a word of its own: "…, old fracture", "…, possibly a fracture".
  const nextComma = tokens.findIndex(({ word }, at) => at > comma && COMMAS.has(word));
  const itemEnd = nextComma < 0 || nextComma > end ? end : nextComma;
  const changes = (other: TermMatch<Trigger>) => STATUS[other.label] !== undefined;
  if (triggers.some((other) => changes(other) && other.from > comma && other.to <= itemEnd)) {
    return false;
  }
  const isCoordinator = (other: TermMatch<Trigger>) =>
    other.label === "coordinators" && other.from > comma && other.from < end;
  if (triggers.some((other) => isCoordinator(other) && other.from < itemEnd)) return true;
  const words = itemEnd - comma - 1;
  const hasFracture = fractures.some(({ from, to }) => from > comma && to <= itemEnd);
  if (words > (hasFracture ? 2 : LONGEST_LISTED)) return false;
  return words === 1 || (itemEnd < end && listGoesOn(tokens, triggers, fractures, itemEnd, end));
}

/** Whether the comma stands in a list before: "fracture, dislocation and foreign body are absent". */
function listGoesBack(
  tokens: readonly Token[],
  triggers: readonly TermMatch<Trigger>[],
  comma: number,
  end: number,
): boolean {
  if (tokens[comma].word !== ",") return false;
  const last = triggers.find(
    ({ label, from, to }) => label === "coordinators" && from > comma && to < end,
  );
  if (last === undefined || last.from - comma > LONGEST_ITEM + 1) return false;
  return !triggers.some(
    ({ label, from, to }) => STATUS[label] !== undefined && from > comma && to <= end,
  );
}
