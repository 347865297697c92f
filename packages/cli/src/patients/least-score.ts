/** Findings and objects with a lower score say nothing: Detectron2's threshold. */
export const LEAST_SCORE = 0.05;
