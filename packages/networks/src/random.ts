/**
 * Random numbers as this package consumes them. It owns no generator: training hands one in, so
 * that every draw is a function of seed, step, slot and purpose, and an interrupted run repeats
 * itself.
 */

/**
 * A stream of uniform numbers in [0, 1) for one purpose (`"rpn-sampling"`) and one slot (the
 * image's place in the batch). The same purpose and slot give the same stream.
 */
export type RandomStreams = (purpose: string, slot: number) => () => number;
