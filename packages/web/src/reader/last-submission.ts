/** The submission that can still be withdrawn, for whichever page shows it. */
import { createContext, useContext } from "react";

export interface LastSubmission {
  readonly code: string;
  readonly label: string;
  /** Until when, by this computer's clock. */
  readonly until: number;
}

export const LastSubmissionContext = createContext<{
  readonly last: LastSubmission | null;
  readonly clear: () => void;
}>({ last: null, clear: () => {} });

export function useLastSubmission() {
  return useContext(LastSubmissionContext);
}
