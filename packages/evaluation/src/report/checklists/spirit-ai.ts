/** The 15 items that SPIRIT-AI adds for protocols of trials with artificial intelligence. */
import type { Checklist } from "./checklist.ts";

export const spiritAi: Checklist = {
  name: "SPIRIT-AI",
  source:
    "The extension of 2020, its items by PMC7598944, table 1; for trials' protocols. Compare 11a(iii) to 29 with the publication: they were not checked against it",
  design: "trial protocol",
  items: [
    { id: "1(i)", asks: "Title: AI, and the type of model", topic: "model", author: "the title" },
    { id: "1(ii)", asks: "Intended use", topic: null },
    { id: "6a(i)", asks: "Use in the clinical pathway, and by whom", topic: null, conduct: true },
    {
      id: "6a(ii)",
      asks: "Evidence that there is",
      topic: "performance",
      author: "what others have published",
    },
    { id: "9", asks: "Requirements on and off site", topic: null, conduct: true },
    { id: "10(i)", asks: "Inclusion and exclusion of participants", topic: "eligibility" },
    { id: "10(ii)", asks: "Inclusion and exclusion of input data", topic: "poorInput" },
    { id: "11a(i)", asks: "Version of the algorithm", topic: "reproduction" },
    { id: "11a(ii)", asks: "How input data are acquired and selected", topic: "acquisition" },
    { id: "11a(iii)", asks: "What is done with poor or missing input", topic: "poorInput" },
    {
      id: "11a(iv)",
      asks: "Interaction of people and AI, and the expertise it takes",
      topic: null,
      conduct: true,
    },
    { id: "11a(v)", asks: "Output of the intervention", topic: "output" },
    { id: "11a(vi)", asks: "How output will contribute to decisions", topic: null, conduct: true },
    { id: "22", asks: "Plan for finding and analysing errors", topic: null, conduct: true },
    {
      id: "29",
      asks: "Access to the intervention and its code",
      topic: "reproduction",
      author: "where they can be had",
    },
  ],
};
