/** The 19 items of MI-CLAIM, the minimum about clinical modelling with artificial intelligence. */
import type { Checklist } from "./checklist.ts";

export const miClaim: Checklist = {
  name: "MI-CLAIM",
  source: "Norgeot et al., Nature Medicine 2020, doi 10.1038/s41591-020-1041-y",
  design: null,
  items: [
    { id: "1", asks: "The clinical problem", topic: null },
    { id: "2", asks: "The research question", topic: null },
    { id: "3", asks: "Characteristics of the cohorts", topic: "characteristics" },
    {
      id: "4",
      asks: "Whether the cohorts represent the clinical setting",
      topic: "characteristics",
      author: "whether they represent it",
    },
    { id: "5", asks: "The baseline to compare with", topic: "comparator" },
    { id: "6", asks: "Origin and format of the data", topic: "data" },
    { id: "7", asks: "Transformations before the model", topic: "preparation" },
    { id: "8", asks: "Independence of training and test data, proven", topic: "separation" },
    {
      id: "9",
      asks: "Models that were tried, and the code that chose",
      topic: "selection",
      author: "the models that were tried besides",
    },
    { id: "10", asks: "Whether input is structured or not", topic: "preparation" },
    {
      id: "11",
      asks: "Primary metric, and why",
      topic: "measures",
      author: "which metric is primary, and why",
    },
    {
      id: "12",
      asks: "Metric of clinical utility, and why",
      topic: "utility",
      author: "why this metric",
    },
    {
      id: "13",
      asks: "Comparison with the baseline, with significance",
      topic: "comparator",
      author: "a test of the difference",
    },
    {
      id: "14",
      asks: "A technique by which the model was examined (of images: saliency)",
      topic: "cases",
      author: "saliency, or why outlines stand in its place",
    },
    {
      id: "15",
      asks: "A second technique (of images: sensitivity to changes)",
      topic: "groups",
      author: "an analysis of sensitivity",
    },
    { id: "16", asks: "Relevance of what was seen", topic: null },
    { id: "17", asks: "Interpretability of single cases", topic: "cases" },
    { id: "18", asks: "Robustness to a shift of the data", topic: "robustness" },
    {
      id: "19",
      asks: "Tier of reproducibility: what is shared",
      topic: "reproduction",
      author: "what is shared with whom",
    },
  ],
};
