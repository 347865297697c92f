/** Puts words in the place of an id of a class, an exclusion or a hospital. */
export type Name = (id: string) => string;
