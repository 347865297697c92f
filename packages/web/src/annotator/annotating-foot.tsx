/** Below the rail: submit, or the reason why not; of a submitted case what holds; a senior's way back. */
import { recordedSchema } from "@malleolus/schema";
import { useState } from "react";
import { useLocation } from "wouter";
import { sayError } from "../api/say-error.ts";
import type { CaseLock } from "../case/case-lock.ts";
import { Button } from "../controls/button.tsx";
import { Paragraph } from "../controls/field.tsx";
import { Notice } from "../controls/notice.tsx";
import { useClient } from "../services.ts";
import { useLanguage, useText } from "../strings/text.tsx";
import { dayOrTime } from "../strings/times.ts";
import type { Translate } from "../strings/translate.ts";
import { useMachine } from "../use-machine.ts";
import type { AnnotatingSession } from "./annotating-session.ts";
import { imageName, structureName } from "./names.ts";
import { type BlockedBy, blockedBy, notDrawn } from "./submission.ts";

export function AnnotatingFoot({
  session,
  lock,
  sending,
  submit,
}: {
  readonly session: AnnotatingSession;
  readonly lock: CaseLock;
  readonly sending: boolean;
  readonly submit: () => void;
}) {
  const t = useText();
  const language = useLanguage();
  const { detail, editor, conflicts } = session;
  const document = useMachine(editor, (state) => state.document);
  const open = useMachine(conflicts, (all) => all.length);
  const blocked = blockedBy({ ...editor.state(), document }, detail.hasFracture);
  const bones = detail.structures.map(({ id }) => id);
  const missing = notDrawn(editor.state(), bones);
  const { submitted } = detail;
  if (lock.isOurs === false) {
    return (
      <Notice tone="warn">
        <p>{t("save.elsewhere")}</p>
        <Button onPress={lock.takeOver}>{t("save.edit here")}</Button>
      </Notice>
    );
  }
  if (submitted !== null && !submitted.revisable) return <p>{t("annotate.closed")}</p>;
  const isFree = blocked === null && open === 0 && !sending;
  return (
    <>
      {submitted !== null && (
        <p className="meta muted">
          {t("annotate.submitted", { time: dayOrTime(submitted.at, Date.now(), language) })}
        </p>
      )}
      {open > 0 && <p className="meta tone-warn">{t("conflict.title")}</p>}
      {blocked !== null && <p className="meta tone-warn">{sayBlocked(blocked, session, t)}</p>}
      {blocked === null && missing.length > 0 && (
        <p className="meta muted">
          {t("annotate.not drawn", {
            names: missing
              .map(
                ({ structure, image }) =>
                  `${structureName(structure, detail, t)} ${imageName(image, detail, t)}`,
              )
              .join(", "),
          })}
        </p>
      )}
      <Button look="primary" onPress={submit} isDisabled={!isFree}>
        {t(submitted === null ? "annotate.submit" : "annotate.submit again")}
      </Button>
    </>
  );
}

export function sayBlocked(
  { key, count, image }: BlockedBy,
  { detail }: Pick<AnnotatingSession, "detail">,
  t: Translate,
): string {
  return t(key, { count, view: imageName(image, detail, t) });
}

/** A senior looks, comments, and gives back. */
export function ReviewFoot({ code }: { readonly code: string }) {
  const t = useText();
  const client = useClient();
  const [, go] = useLocation();
  const [reason, setReason] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const giveBack = async () => {
    try {
      const body = { requestId: crypto.randomUUID(), reason: reason.trim() };
      await client.send("POST", `/api/reviews/${code}/return`, body, recordedSchema);
      go("/worklist");
    } catch (error) {
      setProblem(sayError(t, error));
    }
  };
  return (
    <>
      <p className="meta muted">{t("review.read only")}</p>
      <Paragraph
        label={t("review.why")}
        rows={2}
        maxLength={500}
        value={reason}
        onChange={setReason}
      />
      {problem !== null && (
        <p className="tone-error" role="alert">
          {problem}
        </p>
      )}
      <Button onPress={() => void giveBack()} isDisabled={reason.trim() === ""}>
        {t("review.return")}
      </Button>
    </>
  );
}
