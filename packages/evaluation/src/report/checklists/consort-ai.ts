/** The 14 items that CONSORT-AI adds for trials of interventions with artificial intelligence. */
import type { Checklist } from "./checklist.ts";

export const consortAi: Checklist = {
  name: "CONSORT-AI",
  source: "The extension of 2020, its items by PMC11897677, table 2; for randomised trials",
  design: "randomised trial",
  items: [
    {
      id: "1a(i)",
      asks: "Title or abstract: AI, and the type of model",
      topic: "model",
      author: "the title",
    },
    { id: "1b(ii)", asks: "Intended use", topic: null },
    { id: "2a(i)", asks: "Use in the clinical pathway, and by whom", topic: null, conduct: true },
    { id: "4a(i)", asks: "Inclusion and exclusion of participants", topic: "eligibility" },
    { id: "4a(ii)", asks: "Inclusion and exclusion of input data", topic: "poorInput" },
    { id: "4b", asks: "Integration on and off site", topic: null, conduct: true },
    { id: "5(i)", asks: "Version of the algorithm", topic: "reproduction" },
    { id: "5(ii)", asks: "How input data were acquired and selected", topic: "acquisition" },
    { id: "5(iii)", asks: "What was done with poor or missing input", topic: "poorInput" },
    {
      id: "5(iv)",
      asks: "Interaction of people and AI, and the expertise it takes",
      topic: null,
      conduct: true,
    },
    { id: "5(v)", asks: "Output of the intervention", topic: "output" },
    { id: "5(vi)", asks: "How output contributed to decisions", topic: null, conduct: true },
    { id: "19", asks: "Analysis of errors, or why there is none", topic: "failures" },
    {
      id: "25",
      asks: "Access to the intervention and its code",
      topic: "reproduction",
      author: "where they can be had",
    },
  ],
};
