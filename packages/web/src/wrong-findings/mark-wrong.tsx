/** What is wrong with a finding, in which round its case is drawn, and what the annotators are told. */
import { markedWrongSchema, type WrongFindingCase, wrongSchema } from "@malleolus/schema";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Form } from "react-aria-components";
import { sayError } from "../api/say-error.ts";
import { wrongFindingsKey, wrongFindingsQuery } from "../api/study-queries.ts";
import { Button } from "../controls/button.tsx";
import { ChoiceList } from "../controls/choices.tsx";
import { Field, Paragraph } from "../controls/field.tsx";
import { Notice } from "../controls/notice.tsx";
import { useClient } from "../services.ts";
import { useText } from "../strings/text.tsx";

export function MarkWrong({
  caseId,
  finding,
}: {
  readonly caseId: string;
  readonly finding: WrongFindingCase["findings"][number];
}) {
  const t = useText();
  const client = useClient();
  const queries = useQueryClient();
  const rounds = useQuery(wrongFindingsQuery(client)).data?.rounds ?? [];
  const [wrong, setWrong] = useState<string | null>(null);
  const [chosen, setRound] = useState<string | null>(null);
  const [note, setNote] = useState("");
  // The newest round unless another is named.
  const round = chosen ?? rounds.at(0)?.name ?? "";
  const mark = useMutation({
    mutationFn: () => {
      const body = {
        requestId: crypto.randomUUID(),
        image: finding.image,
        structure: finding.class,
        wrong,
        note: note.trim(),
        round: round.trim(),
      };
      const path = `/api/wrong-findings/${encodeURIComponent(caseId)}`;
      return client.send("POST", path, body, markedWrongSchema);
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: wrongFindingsKey }),
  });
  if (finding.marked !== null) {
    const { wrong: how, round: where } = finding.marked;
    return (
      <div className="rail-group">
        <Notice tone="ok">
          <p>{t("wrong findings.is marked", { wrong: t(`wrong.${how}`), round: where })}</p>
          {mark.data !== undefined && <p>{t(`wrong findings.${mark.data.given}`)}</p>}
        </Notice>
      </div>
    );
  }
  const isWhole = wrong !== null && note.trim() !== "" && round.trim() !== "";
  return (
    <Form
      className="rail-group"
      aria-label={t("wrong findings.mark")}
      onSubmit={(event) => {
        event.preventDefault();
        if (isWhole && !mark.isPending) mark.mutate();
      }}
    >
      <ChoiceList
        small
        label={t("wrong findings.wrong")}
        choices={wrongSchema.options.map((id) => ({ id, label: t(`wrong.${id}`) }))}
        value={wrong}
        onChoose={setWrong}
      />
      <Paragraph
        label={t("wrong findings.note")}
        rows={2}
        maxLength={500}
        value={note}
        onChange={setNote}
      />
      <Field
        label={t("wrong findings.round")}
        hint={t("wrong findings.round hint")}
        value={round}
        onChange={setRound}
        maxLength={100}
      />
      {mark.error !== null && <Notice tone="error">{sayError(t, mark.error)}</Notice>}
      <Button look="primary" type="submit" isDisabled={!isWhole || mark.isPending}>
        {t("wrong findings.mark")}
      </Button>
    </Form>
  );
}
