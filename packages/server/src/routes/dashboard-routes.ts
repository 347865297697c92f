/** What those who run a study follow it by, and what they close and freeze. Readers never see any of it. */
import {
  agreementsSchema,
  closeAgreedSchema,
  closedAgreedSchema,
  panelSchema,
  waitingSchema,
} from "@malleolus/schema";
import { once, resolveReadings, type Study, waitingCases } from "@malleolus/studies";
import type { App } from "../app.ts";
import { accountOf, COORDINATORS } from "../auth/access.ts";
import { commitAudited } from "../auth/audit-hook.ts";
import type { Room } from "../room.ts";
import { failureAnswers } from "./failure-answers.ts";

const MOST_WAITING = 50;

export function addDashboardRoutes(app: App, room: Room): void {
  const { study } = room;
  const access = [...COORDINATORS];

  app.get(
    "/api/agreement",
    {
      config: { access, act: "view agreement" },
      schema: {
        summary: "How far readers agreed before anybody talked, of the cases that are decided",
        response: { 200: agreementsSchema, ...failureAnswers },
      },
    },
    async () => ({ panels: await room.agreements.now() }),
  );

  app.get(
    "/api/waiting",
    {
      config: { access, act: "view waiting cases" },
      schema: {
        summary: "Cases that wait, those first with which nothing was done for the longest time",
        response: { 200: waitingSchema, ...failureAnswers },
      },
    },
    async () => {
      const cases = await waitingCases(study);
      const name = nameIn(study);
      return {
        of: cases.length,
        cases: cases.slice(0, MOST_WAITING).map(({ id, state, since, waits }) => ({
          case: id,
          state,
          since,
          waits: waits.map((wait) => ({ for: wait.for, people: wait.people.map(name) })),
        })),
      };
    },
  );

  app.post(
    "/api/verdicts",
    {
      config: { access, act: "close agreed cases" },
      schema: {
        summary: "Closes every case that all have read and that needs no talk",
        body: closeAgreedSchema,
        response: { 200: closedAgreedSchema, ...failureAnswers },
      },
    },
    async (request) => {
      const who = accountOf(request).login;
      const { requestId } = request.body;
      const act = { who, requestId, action: "close agreed cases", answer: closedAgreedSchema };
      return commitAudited(room, request, (within) =>
        once(within, act, async () => {
          const total = { agreed: 0, excluded: 0, differing: 0 };
          for (const panel of panelSchema.options) {
            const found = await resolveReadings(within, { panel, who });
            total.agreed += found.agreed;
            total.excluded += found.excludedByMajority;
            total.differing += found.disagreements.length;
          }
          return total;
        }),
      );
    },
  );
}

function nameIn({ configuration }: Study): (person: string) => string {
  const names = new Map(configuration.observers.map(({ id, name }) => [id, name]));
  return (person) => names.get(person) ?? person;
}
