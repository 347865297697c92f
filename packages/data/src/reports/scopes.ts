/**
 * How far a word such as "no", "possible" or "old" reaches in its sentence, after NegEx (Chapman et
 * al. 2001) and ConText (Harkema et al. 2009), with changes for radiographs' short reports:
 *
 * - a comma ends the reach ("no fracture of the fibula, old tibial fracture") unless what follows
 *   goes on with a list ("no swelling, fracture or dislocation");
 * - what may stand before or after ("possible") means what is before it only at a clause's end
 *   ("fracture possible; repeat", but "fracture with possible syndesmotic injury");
 * - a single word about history reaches four words and one subject ("old fracture of the tibia and
 *   fracture of the fibula").
 */
import type { MentionStatus } from "@malleolus/schema";
import type { Trigger } from "./language.ts";
import type { Token } from "./sentences.ts";
import type { TermMatch } from "./terms.ts";

/** Tokens `from` to `to` that a trigger changes, and to what. */
export interface Scope {
  readonly trigger: TermMatch<Trigger>;
  readonly status: MentionStatus;
  readonly from: number;
  readonly to: number;
  /** Only the nearest subject within, in the direction of the scope. */
  readonly nearestOnly: boolean;
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
};

const HISTORY_WORDS = 4;
const COMMAS = new Set([",", ";", "(", ")", ":"]);

export function findScopes(
  tokens: readonly Token[],
  triggers: readonly TermMatch<Trigger>[],
): Scope[] {
  return triggers.flatMap((trigger) => {
    const effect = STATUS[trigger.label];
    if (effect === undefined) return [];
    const { status } = effect;
    const hasTwin = triggers.some(
      ({ label, from, to }) =>
        label !== trigger.label &&
        STATUS[label]?.status === status &&
        from === trigger.from &&
        to === trigger.to,
    );
    const endsClause = trigger.to === tokens.length || COMMAS.has(tokens[trigger.to].word);
    if (hasTwin && effect.forward === endsClause) return [];
    // "Fracture: none."
    const answers = status === "negated" && endsClause && tokens[trigger.from - 1]?.word === ":";
    const forward = effect.forward && !answers;
    const short = status === "historical" && trigger.to - trigger.from === 1;
    const stops = (other: TermMatch<Trigger>) =>
      other.label === "terminators" || (status === "historical" && other.label === "acute");
    const range = forward
      ? {
          from: trigger.to,
          to: Math.min(
            endOfReach(tokens, triggers, trigger.to, stops),
            short ? trigger.to + HISTORY_WORDS : tokens.length,
          ),
        }
      : {
          from: Math.max(
            startOfReach(tokens, triggers, trigger.from, stops),
            short ? trigger.from - HISTORY_WORDS : 0,
          ),
          to: trigger.from,
        };
    return [{ trigger, status, ...range, nearestOnly: status === "historical" }];
  });
}

type Stops = (other: TermMatch<Trigger>) => boolean;

function endOfReach(
  tokens: readonly Token[],
  triggers: readonly TermMatch<Trigger>[],
  start: number,
  stops: Stops,
): number {
  const end = triggers.find((other) => other.from >= start && stops(other))?.from ?? tokens.length;
  for (let at = start; at < end; at++) {
    if (COMMAS.has(tokens[at].word) && !listGoesOn(tokens, triggers, at, end)) return at;
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
    // "fracture: not seen", but not "swelling, fracture not seen".
    if (COMMAS.has(tokens[at].word) && at < end - 1 && tokens[at].word !== ":") return at + 1;
  }
  return start;
}

/** Whether the comma at `comma` stands in a list: another item of one or two words, or a last "or". */
function listGoesOn(
  tokens: readonly Token[],
  triggers: readonly TermMatch<Trigger>[],
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
  if (words > 2) return false;
  return words === 1 || (itemEnd < end && listGoesOn(tokens, triggers, itemEnd, end));
}
