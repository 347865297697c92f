/** Comments at places of the radiographs: a thread a number, open ones first; what is resolved stays. */
import { type Thread, threadsSchema } from "@malleolus/schema";
import { useState } from "react";
import { sayError } from "../api/say-error.ts";
import { Button } from "../controls/button.tsx";
import { Paragraph } from "../controls/field.tsx";
import { Key } from "../controls/key.tsx";
import { useClient } from "../services.ts";
import { useText } from "../strings/text.tsx";
import type { Point } from "../view/camera.ts";
import type { AnnotatingSession } from "./annotating-session.ts";
import { imageName } from "./names.ts";

export interface NewComment {
  readonly image: string;
  readonly at: Point;
}

export function CommentList({
  session,
  base,
  threads,
  onThreads,
  place,
  onPlace,
  chosen = null,
  onHere,
}: {
  readonly session: AnnotatingSession;
  /** `/api/annotating/CODE`, or a senior's. */
  readonly base: string;
  readonly threads: readonly Thread[];
  readonly onThreads: (threads: readonly Thread[]) => void;
  /** Where a new comment is to be made. */
  readonly place: NewComment | null;
  readonly onPlace: (place: NewComment | null) => void;
  /** The thread that is looked at, by its number. */
  readonly chosen?: number | null;
  /** A comment is placed at the keyboard's cross; left out while none is to be placed. */
  readonly onHere?: () => void;
}) {
  const t = useText();
  const client = useClient();
  const [problem, setProblem] = useState<string | null>(null);
  const [sending, setSending] = useState(false);
  const { detail, viewer } = session;

  const send = async (method: "POST" | "PATCH", path: string, body: object) => {
    setSending(true);
    try {
      const requestId = crypto.randomUUID();
      const answer = await client.send(
        method,
        `${base}${path}`,
        { requestId, ...body },
        threadsSchema,
      );
      onThreads(answer.threads);
      setProblem(null);
      return true;
    } catch (error) {
      setProblem(t("comment.failed", { reason: sayError(t, error) }));
      return false;
    } finally {
      setSending(false);
    }
  };
  const numbered = threads.map((thread, index) => ({ thread, number: index + 1 }));
  const open = numbered.filter(({ thread }) => thread.resolvedAt === null);
  const resolved = numbered.filter(({ thread }) => thread.resolvedAt !== null);
  if (threads.length === 0 && place === null && onHere === undefined) return null;
  const row = ({ thread, number }: (typeof numbered)[number]) => (
    <li
      key={thread.id}
      ref={number === chosen ? intoView : undefined}
      aria-current={number === chosen}
    >
      <Button
        look="small"
        onPress={() => viewer.dispatch({ type: "activate", view: thread.image })}
      >
        {t("comment.at", { number, view: imageName(thread.image, detail, t) })}
      </Button>
      {thread.resolvedAt !== null && <span className="muted">{t("comment.resolved")}</span>}
      {thread.comments.map(({ author, isOwn, text, at }) => (
        <p key={at} className="comment">
          <strong>{t(isOwn ? "comment.own" : `comment.${author}`)}</strong> {text}
        </p>
      ))}
      <Answer
        isDisabled={sending}
        onSend={(text) => send("POST", `/threads/${thread.id}/comments`, { text })}
      />
      <Button
        look="small"
        isDisabled={sending}
        onPress={() =>
          void send("PATCH", `/threads/${thread.id}`, { resolved: thread.resolvedAt === null })
        }
      >
        {t(thread.resolvedAt === null ? "comment.resolve" : "comment.reopen")}
      </Button>
    </li>
  );
  return (
    <div className="rail-group">
      <h2>{t("comment.title")}</h2>
      {problem !== null && (
        <p className="tone-error" role="alert">
          {problem}
        </p>
      )}
      {onHere !== undefined && (
        <Button look="small" onPress={onHere}>
          {t("comment.here")} <Key name="Space" />
        </Button>
      )}
      {place !== null && (
        <Answer
          label={`${t("comment.new")}: ${imageName(place.image, detail, t)}`}
          isDisabled={sending}
          autoFocus
          onSend={async (text) => {
            const { image, at } = place;
            const isSent = await send("POST", "/threads", { image, x: at.x, y: at.y, text });
            if (isSent) onPlace(null);
            return isSent;
          }}
        />
      )}
      <ul className="shape-list">{open.map(row)}</ul>
      {resolved.length > 0 && (
        <details {...(resolved.some(({ number }) => number === chosen) ? { open: true } : {})}>
          <summary>{t("comment.show resolved", { count: resolved.length })}</summary>
          <ul className="shape-list">{resolved.map(row)}</ul>
        </details>
      )}
    </div>
  );
}

function intoView(row: HTMLElement | null): void {
  row?.scrollIntoView({ block: "nearest" });
}

function Answer({
  label,
  isDisabled,
  autoFocus = false,
  onSend,
}: {
  readonly label?: string;
  readonly isDisabled: boolean;
  readonly autoFocus?: boolean;
  readonly onSend: (text: string) => Promise<boolean>;
}) {
  const t = useText();
  const [text, setText] = useState("");
  return (
    <div className="stack-tight">
      <Paragraph
        label={label ?? t("comment.text")}
        rows={2}
        maxLength={1000}
        value={text}
        onChange={setText}
        autoFocus={autoFocus}
      />
      <Button
        look="small"
        isDisabled={isDisabled || text.trim() === ""}
        onPress={async () => {
          if (await onSend(text.trim())) setText("");
        }}
      >
        {t("comment.send")}
      </Button>
    </div>
  );
}
