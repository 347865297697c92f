/**
 * How far readers agree, by what stands in the study now. It is computed in a thread and kept until somebody has said
 * something else: those who save meanwhile share this process.
 */
import type { ReaderAgreement } from "@malleolus/evaluation";
import { type Panel, type PanelAgreement, panelSchema } from "@malleolus/schema";
import { type ReadingMatrix, readingMatrix, type Study } from "@malleolus/studies";
import type { AgreementQuestion } from "./agreement-thread.ts";
import { openFiguresThread } from "./figures-thread.ts";

export interface ReaderAgreements {
  /** Of each panel that has decided anything. */
  now(): Promise<PanelAgreement[]>;
  /** Whoever waits is told that the server is stopping. */
  close(): Promise<void>;
}

export function openReaderAgreements(study: Study): ReaderAgreements {
  const kept = new Map<Panel, { readonly key: string; readonly found: Promise<ReaderAgreement> }>();
  const thread = openFiguresThread<AgreementQuestion, ReaderAgreement>(
    new URL("./agreement-thread.ts", import.meta.url),
    "readers' agreement",
  );

  const agreementOf = (panel: Panel, question: AgreementQuestion): Promise<ReaderAgreement> => {
    const key = JSON.stringify(question);
    const before = kept.get(panel);
    if (before?.key === key) return before.found;
    const found = thread.ask(question).catch((error: unknown) => {
      if (kept.get(panel)?.found === found) kept.delete(panel);
      throw error;
    });
    kept.set(panel, { key, found });
    return found;
  };

  return {
    async now() {
      const panels: PanelAgreement[] = [];
      for (const panel of panelSchema.options) {
        const matrix = await readingMatrix(study, panel);
        if (matrix.rows.length === 0) continue;
        const found = await agreementOf(panel, questionOf(study, matrix));
        panels.push(told(study, panel, found));
      }
      return panels;
    },
    close: thread.close,
  };
}

function questionOf({ protocol }: Study, { readers, rows }: ReadingMatrix): AgreementQuestion {
  const said = rows.map(({ decisions }) =>
    decisions.map((one) => (one === null ? null : `${one.kind} ${one.id}`)),
  );
  return { readers, said, seed: protocol.splits.seed };
}

function told({ configuration }: Study, panel: Panel, found: ReaderAgreement): PanelAgreement {
  const names = new Map(configuration.observers.map(({ id, name }) => [id, name]));
  const name = (person: string) => names.get(person) ?? person;
  return {
    panel,
    cases: found.cases,
    unanimous: found.unanimous,
    fleissKappa: found.fleissKappa,
    pairs: found.pairs.map(
      ({ readers: [first, second], agreement, cohenKappa, kappaInterval }) => ({
        names: [name(first), name(second)] as const,
        agreement,
        cohenKappa,
        kappaInterval,
      }),
    ),
  };
}
