/**
 * From a figure to the cases behind it, within the page: names of places, and links to them. A test
 * holds that every link leads somewhere.
 */
import { html, type Markup, type Piece } from "./markup.ts";

/** Of a test's part of the page. */
export function testAnchor(test: string): string {
  return `test-${test}`;
}

/** Of the table of a test's patients. */
export function casesAnchor(test: string): string {
  return `cases-${test}`;
}

/** Of one patient in it, by the place in the evaluation's outcomes. */
export function patientAnchor(test: string, place: number): string {
  return `cases-${test}-${place + 1}`;
}

/**
 * What says of a row or a picture whose it is, for the reading room, which knows the patients of a test in their
 * order; the page itself names them by the end of their pseudonym alone.
 */
export function caseMark(test: string, place: number): string {
  return `${test} ${place}`;
}

/** Of the table of a test's fractures. */
export function fracturesAnchor(test: string): string {
  return `fractures-${test}`;
}

export function fractureAnchor(test: string, place: number): string {
  return `fractures-${test}-${place + 1}`;
}

/** Of the list of the cases that a figure is made of; `key` is a `CaseGroup`'s. */
export function groupAnchor(test: string, key: string): string {
  return `behind-${test}-${key}`;
}

/** Of the part about a test's readers. */
export function readersAnchor(test: string): string {
  return `readers-of-${test}`;
}

/** Of the cases behind the agreement of readers, by the place of the readers; `key` is `all`, say. */
export function agreementAnchor(readers: number, key: string): string {
  return `agreement-${readers}-${key}`;
}

/** Of those who are counted in a set of patients, by its place; `key` is a row's, of `set-cells.ts`. */
export function setAnchor(set: number, key: string): string {
  return `set-${set + 1}-${key}`;
}

/** Of the patients behind a figure of the preliminary networks. */
export function preliminaryAnchor(key: string): string {
  return `preliminary-${key}`;
}

/** Of the table of a reader study's patients. */
export const readerStudyAnchor = "cases-reader-study";

/** Of the column of what one reader said under one condition, by their places. */
export function readerScoresAnchor(condition: number, reader: number): string {
  return `${readerStudyAnchor}-${condition + 1}-${reader + 1}`;
}

export function pictureAnchor(test: string, patient: number): string {
  return `picture-${test}-${patient + 1}`;
}

/** A figure that leads to where it comes from. */
export function linked(anchor: string, figure: Piece): Markup {
  return html`<a class="figure" href="#${anchor}">${figure}</a>`;
}
