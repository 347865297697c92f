/** Below the rail: what is missing and the button to submit; of a submitted case, the way to reopen it. */

import type { Feedback } from "@malleolus/schema";
import { useState } from "react";
import { useLocation } from "wouter";
import type { CaseLock } from "../case/case-lock.ts";
import { Button } from "../controls/button.tsx";
import { Paragraph } from "../controls/field.tsx";
import { Key } from "../controls/key.tsx";
import { Notice } from "../controls/notice.tsx";
import { useSignedIn } from "../services.ts";
import { useText } from "../strings/text.tsx";
import { useMachine } from "../use-machine.ts";
import type { CaseSession } from "./case-session.ts";
import { missingPart } from "./reading.ts";

export function RailFoot({
  session,
  lock,
  submit,
}: {
  readonly session: CaseSession;
  readonly lock: CaseLock;
  readonly submit: () => void;
}) {
  const t = useText();
  const { outbox } = useSignedIn();
  const missing = useMachine(session.reading, (reading) =>
    missingPart(reading, session.protocol, t),
  );
  const { code, state, submitted } = session.detail;
  const sending = useMachine(outbox, ({ acts }) =>
    acts.some((act) => act.kind === "submit" && act.code === code),
  );
  if (state === "submitted" && submitted !== null && submitted.feedback !== null)
    return <Answer session={session} feedback={submitted.feedback} />;
  if (state === "submitted")
    return <Reopening session={session} askedAt={submitted?.reopeningAskedAt ?? null} />;
  if (lock.isOurs === false) {
    return (
      <Notice tone="warn">
        <p>{t("save.elsewhere")}</p>
        <Button onPress={lock.takeOver}>{t("save.edit here")}</Button>
      </Notice>
    );
  }
  return (
    <>
      {missing !== null && <p className="meta muted">{missing}</p>}
      <Button look="primary" onPress={submit} isDisabled={missing !== null || sending}>
        {t("reading.submit")} <Key name="Enter" />
      </Button>
    </>
  );
}

/** Of a qualification: what the case is, and the way on. */
function Answer({
  session: { detail, protocol },
  feedback,
}: {
  readonly session: CaseSession;
  readonly feedback: Feedback;
}) {
  const t = useText();
  const [, go] = useLocation();
  const name = protocol.classes.find(({ id }) => id === feedback.class)?.name ?? feedback.class;
  const next = detail.next ?? detail.previous;
  return (
    <>
      <Notice tone={feedback.right ? "ok" : "warn"}>
        {t(feedback.right ? "reading.right" : "reading.not right", { name })}
      </Notice>
      <Button
        look="primary"
        onPress={() => go(next === null ? "/worklist" : `/read/${next}`)}
        autoFocus
      >
        {t(next === null ? "app.back" : "reading.open next")}
      </Button>
    </>
  );
}

function Reopening({
  session: { detail },
  askedAt,
}: {
  readonly session: CaseSession;
  readonly askedAt: string | null;
}) {
  const t = useText();
  const { outbox } = useSignedIn();
  const [reason, setReason] = useState("");
  const [open, setOpen] = useState(false);
  const [sent, setSent] = useState(askedAt !== null);
  const send = () => {
    const { code, label } = detail;
    const requestId = crypto.randomUUID();
    outbox.put({
      kind: "reopening",
      requestId,
      code,
      label,
      at: Date.now(),
      reason: reason.trim(),
    });
    setSent(true);
  };
  return (
    <>
      <p>{t("reading.submitted")}</p>
      {sent ? (
        <p className="muted">{t("reading.reopen sent")}</p>
      ) : open ? (
        <>
          <Paragraph
            label={t("reading.reopen why")}
            rows={2}
            maxLength={500}
            value={reason}
            onChange={setReason}
            autoFocus
          />
          <div className="row">
            <Button onPress={send} isDisabled={reason.trim() === ""}>
              {t("reading.reopen send")}
            </Button>
            <Button look="quiet" onPress={() => setOpen(false)}>
              {t("app.cancel")}
            </Button>
          </div>
        </>
      ) : (
        <Button onPress={() => setOpen(true)}>{t("reading.reopen")}</Button>
      )}
    </>
  );
}
