/**
 * What a senior finds beside the own queues: cases to decide, drawings to look at, and those to settle, the worst
 * first. A surgeon finds the cases of the panel's meeting.
 */
import { type Account, type SettlingEntry, settledAgreedSchema } from "@malleolus/schema";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "wouter";
import {
  decidingListQuery,
  reviewsQuery,
  settlingListKey,
  settlingListQuery,
} from "../api/queries.ts";
import { sayError } from "../api/say-error.ts";
import { Button } from "../controls/button.tsx";
import { useClient, useSignedIn } from "../services.ts";
import { useText } from "../strings/text.tsx";
import type { Translate } from "../strings/translate.ts";

/** Whether cases on which others differ come to an account. */
export function decides({ roles }: Pick<Account, "roles">): boolean {
  return roles.includes("senior") || roles.includes("surgeon");
}

export function SeniorLists() {
  const { account } = useSignedIn();
  const isSenior = account.roles.includes("senior");
  return (
    <>
      {decides(account) && <Deciding />}
      {isSenior && (
        <>
          <Reviews />
          <Settling />
        </>
      )}
    </>
  );
}

function Deciding() {
  const t = useText();
  const list = useQuery(decidingListQuery(useClient()));
  const entries = list.data?.entries ?? [];
  return (["adjudication", "consensus"] as const).map((kind) => {
    const own = entries.filter((entry) => entry.kind === kind);
    if (own.length === 0) return null;
    const title = t(kind === "adjudication" ? "decide.list" : "decide.meeting");
    return (
      <nav key={kind} className="nav" aria-label={title}>
        <h2 className="meta muted">{title}</h2>
        {own.map(({ code, label }) => (
          <Link key={code} href={`/decide/${code}`}>
            {label}
          </Link>
        ))}
      </nav>
    );
  });
}

function Reviews() {
  const t = useText();
  const list = useQuery(reviewsQuery(useClient()));
  const entries = list.data?.entries ?? [];
  if (entries.length === 0) return null;
  return (
    <nav className="nav" aria-label={t("review.title")}>
      <h2 className="meta muted">{t("review.title")}</h2>
      {entries.map(({ code, label }) => (
        <Link key={code} href={`/review/${code}`}>
          {label}
        </Link>
      ))}
    </nav>
  );
}

function Settling() {
  const t = useText();
  const client = useClient();
  const queries = useQueryClient();
  const list = useQuery(settlingListQuery(client));
  const settle = useMutation({
    mutationFn: () => {
      const body = { requestId: crypto.randomUUID() };
      return client.send("POST", "/api/settling/agreed", body, settledAgreedSchema);
    },
    onSuccess: () => void queries.invalidateQueries({ queryKey: settlingListKey }),
  });
  const entries = list.data?.entries ?? [];
  if (entries.length === 0) return null;
  const agreeing = entries.reduce((sum, one) => sum + one.agreeing, 0);
  return (
    <nav className="nav" aria-label={t("settle.title")}>
      <h2 className="meta muted">{t("settle.title")}</h2>
      {entries
        .filter(({ differing }) => differing > 0)
        .map((entry) => (
          <Link key={entry.code} href={`/settle/${entry.code}`}>
            {entry.label} <span className="muted">{overlapText(entry, t)}</span>
          </Link>
        ))}
      {agreeing > 0 && (
        <Button look="small" onPress={() => settle.mutate()} isDisabled={settle.isPending}>
          {t("settle.agreed", { count: agreeing })}
        </Button>
      )}
      {settle.error !== null && (
        <p className="tone-error" role="alert">
          {sayError(t, settle.error)}
        </p>
      )}
    </nav>
  );
}

function overlapText({ differing, worstIou }: SettlingEntry, t: Translate): string {
  return t("settle.entry", { count: differing, iou: (worstIou ?? 0).toFixed(2) });
}
