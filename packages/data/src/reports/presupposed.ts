/**
 * What a denial leaves as it is: "no displacement of the fracture" and "no loosening of the screws"
 * deny the displacement and the loosening; the fracture and the screws are taken for granted.
 *
 * That they are is told by the article ("no callus around the fracture", where "no evidence of the
 * fracture" has nothing else to deny) or by what is denied ("no loss of reduction of Weber B
 * fracture").
 */
import type { Language } from "./language.ts";
import { findTerms, overlaps, type TermMatch } from "./terms.ts";
import type { Token } from "./tokens.ts";

/** Words between an article and what it belongs to: "the old undisplaced lateral malleolar …". */
const LONGEST_PHRASE = 5;

/** Tells whether a subject is taken for granted behind a denial that ends at token `from`. */
export function findPresupposed(
  tokens: readonly Token[],
  { articles, aspects, coordinators, prepositions }: Language,
): (subject: TermMatch<unknown>, from: number) => boolean {
  const found = {
    articles: findTerms(tokens, articles),
    aspects: findTerms(tokens, aspects),
    joints: [...findTerms(tokens, coordinators), ...findTerms(tokens, prepositions)],
    coordinators: findTerms(tokens, coordinators),
    prepositions: findTerms(tokens, prepositions),
  };
  const isMark = (at: number) => /^[^\p{L}\p{N}]$/u.test(tokens[at].word);
  const isFree = (
    from: number,
    to: number,
    joints: readonly TermMatch<unknown>[],
    own: TermMatch<unknown>,
  ) =>
    !joints.some((joint) => joint.from >= from && joint.to <= to && !overlaps(joint, own)) &&
    !tokens.slice(from, to).some((_, index) => isMark(from + index));

  return (subject, from) => {
    const article = found.articles.findLast(
      (match) => match.from > from && match.to <= subject.from,
    );
    if (
      article !== undefined &&
      subject.from - article.to <= LONGEST_PHRASE &&
      isFree(article.to, subject.from, found.joints, article) &&
      isFree(from, article.from, [], article)
    ) {
      return true;
    }
    return found.aspects.some((aspect) => {
      if (aspect.from < from || overlaps(aspect, subject)) return false;
      // "No fracture displacement."
      if (aspect.from === subject.to) return true;
      return found.prepositions.some(
        (preposition) =>
          preposition.from >= aspect.to &&
          preposition.from <= aspect.to + 1 &&
          preposition.to <= subject.from &&
          isFree(preposition.to, subject.from, found.coordinators, preposition) &&
          !isMark(aspect.to),
      );
    });
  };
}
