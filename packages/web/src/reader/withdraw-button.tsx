/** Says what was submitted last, and takes it back as long as the server allows it: it counts the seconds down. */
import { useEffect, useState } from "react";
import { Button } from "../controls/button.tsx";
import { useSignedIn } from "../services.ts";
import { useText } from "../strings/text.tsx";
import { useLastSubmission } from "./last-submission.ts";

export function WithdrawButton() {
  const t = useText();
  const { outbox } = useSignedIn();
  const { last, clear } = useLastSubmission();
  const [now, setNow] = useState(Date.now);
  const left = last === null ? 0 : Math.ceil((last.until - now) / 1000);
  useEffect(() => {
    if (last === null) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 250);
    return () => clearInterval(timer);
  }, [last]);
  if (last === null || left <= 0) return null;
  const { code, label } = last;
  const withdraw = () => {
    clear();
    outbox.put({
      kind: "withdraw",
      requestId: crypto.randomUUID(),
      code,
      label,
      at: Date.now(),
    });
  };
  return (
    <>
      <span className="muted" role="status">
        {t("reading.done", { code: label })}
      </span>
      <Button look="small" onPress={withdraw}>
        {t("reading.withdraw", { code: label, seconds: left })}
      </Button>
    </>
  );
}
