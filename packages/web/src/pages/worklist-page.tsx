/** The cases that are to be read, in the reader's own order. No class is among the columns. */
import type { CaseEntry, ReaderQueue } from "@malleolus/schema";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useDeferredValue, useMemo, useState } from "react";
import { ToggleButton, ToggleButtonGroup } from "react-aria-components";
import { Link, useLocation, useSearchParams } from "wouter";
import { queuesQuery, worklistQuery } from "../api/queries.ts";
import { Button } from "../controls/button.tsx";
import { Field } from "../controls/field.tsx";
import { Loading } from "../controls/loading.tsx";
import { Problem } from "../controls/problem.tsx";
import { SaveStateLine } from "../controls/save-state.tsx";
import { PageNavigation, TopBar } from "../controls/top-bar.tsx";
import { WithdrawButton } from "../reader/withdraw-button.tsx";
import { useClient, useSignedIn } from "../services.ts";
import { isCheckedToday } from "../settings/settings.ts";
import { useSettings } from "../settings/settings-context.tsx";
import { useText } from "../strings/text.tsx";
import { decides, SeniorLists } from "../worklist/senior-lists.tsx";
import { countOf, firstToRead, queueToShow, readStatus, statuses } from "../worklist/worklist.ts";
import { WorklistGrid } from "../worklist/worklist-grid.tsx";

export default function WorklistPage() {
  const t = useText();
  const { account } = useSignedIn();
  const queues = useQuery(queuesQuery(useClient()));
  const [search] = useSearchParams();
  if (queues.error !== null) {
    return <Problem error={queues.error} retry={() => void queues.refetch()} />;
  }
  if (queues.data === undefined) return <Loading />;
  const all = queues.data.queues;
  const queue = queueToShow(all, search.get("queue"));
  return (
    <div className="page">
      <TopBar title={<PageNavigation />} middle={<SaveStateLine />} end={<WithdrawButton />} />
      {queue === undefined ? (
        <main className="content">
          <div className="stack">
            <h1>{t("worklist.title")}</h1>
            <p>{t(decides(account) ? "worklist.none to read" : "worklist.none")}</p>
            <SeniorLists />
          </div>
        </main>
      ) : (
        <QueueOfCases queues={all} queue={queue} />
      )}
    </div>
  );
}

function QueueOfCases({
  queues,
  queue,
}: {
  readonly queues: readonly ReaderQueue[];
  readonly queue: ReaderQueue;
}) {
  const t = useText();
  const client = useClient();
  const [, go] = useLocation();
  const [params, setParams] = useSearchParams();
  const status = readStatus(params.get("status"));
  const [typed, setTyped] = useState("");
  const search = useDeferredValue(typed.trim());
  const list = useInfiniteQuery(worklistQuery(client, { queue: queue.key, status, search }));
  const left = useInfiniteQuery(
    worklistQuery(client, { queue: queue.key, status: "left", search: "" }),
  );
  const entries = useMemo(
    () => list.data?.pages.flatMap((page) => page.entries) ?? [],
    [list.data],
  );
  const first = firstToRead(left.data?.pages.flatMap((page) => page.entries) ?? []);
  const total = countOf(queue, status);
  const isDrawing = queue.key === "annotation";
  const page = isDrawing ? "/annotate" : "/read";
  const change = (name: string, value: string) =>
    setParams((before) => {
      before.set(name, value);
      return before;
    });
  return (
    <main className="with-sections">
      <div className="sections">
        {queues.length > 1 && (
          <nav className="nav" aria-label={t("worklist.queue.read")}>
            {queues.map(({ key, title }) => (
              <Link
                key={key}
                href={`/worklist?queue=${key}`}
                aria-current={key === queue.key ? "page" : undefined}
              >
                {title}
              </Link>
            ))}
          </nav>
        )}
        <ToggleButtonGroup
          className="filters"
          aria-label={t("worklist.filters")}
          orientation="vertical"
          selectionMode="single"
          disallowEmptySelection
          selectedKeys={[status]}
          onSelectionChange={(keys) => {
            for (const key of keys) change("status", String(key));
          }}
        >
          {statuses.map((one) => (
            <ToggleButton className="filter" key={one} id={one}>
              <span>
                {t(
                  isDrawing && one === "left"
                    ? "worklist.draw.filter.left"
                    : `worklist.filter.${one}`,
                )}
              </span>
              <span className="muted">{countOf(queue, one)}</span>
            </ToggleButton>
          ))}
        </ToggleButtonGroup>
        <SeniorLists />
      </div>
      <div className="worklist">
        <div className="worklist-head">
          <h1>{queue.title}</h1>
          {first !== undefined && (
            <Button look="primary" onPress={() => go(`${page}/${first.code}`)} autoFocus>
              {t(first.state === "draft" ? "worklist.continue" : "worklist.begin", {
                code: first.label,
              })}
            </Button>
          )}
          <span className="muted">
            {t("worklist.progress", { done: queue.done, total: queue.done + queue.left })}
          </span>
          {queue.qualification !== null && <QualificationState queue={queue} />}
          <DisplayDue />
          <div className="search">
            <Field label={t("worklist.search")} value={typed} onChange={setTyped} type="search" />
          </div>
        </div>
        {list.error !== null && entries.length === 0 ? (
          <Problem error={list.error} retry={() => void list.refetch()} />
        ) : entries.length === 0 && list.isSuccess ? (
          <NoCases
            queue={queue}
            filtered={status !== "left" || search !== ""}
            showAll={() => {
              setTyped("");
              change("status", "left");
            }}
          />
        ) : (
          <WorklistGrid
            entries={entries}
            total={search === "" ? total : null}
            loadMore={list.hasNextPage ? () => void list.fetchNextPage() : null}
            open={({ code }: CaseEntry) => go(`${page}/${code}`)}
          />
        )}
      </div>
    </main>
  );
}

function NoCases({
  queue,
  filtered,
  showAll,
}: {
  readonly queue: ReaderQueue;
  readonly filtered: boolean;
  readonly showAll: () => void;
}) {
  const t = useText();
  const all = { done: queue.done, total: queue.done + queue.left };
  return (
    <div className="empty">
      <p>
        {filtered
          ? t("worklist.filtered")
          : t(queue.key === "annotation" ? "worklist.draw.empty" : "worklist.empty", all)}
      </p>
      {filtered && queue.left > 0 && (
        <Button onPress={showAll}>{t("worklist.show all", { total: queue.left })}</Button>
      )}
    </div>
  );
}

/** How a qualification went, once all of it is read. */
function QualificationState({
  queue: { qualification, left, done },
}: {
  readonly queue: ReaderQueue;
}) {
  const t = useText();
  if (qualification === null) return null;
  const { needed, right, passed } = qualification;
  if (left > 0) return <span className="muted">{t("qualification.open", { needed })}</span>;
  return (
    <span className={passed ? "tone-ok" : "tone-warn"}>
      {t(passed ? "qualification.passed" : "qualification.failed", { right, needed, total: done })}
    </span>
  );
}

/** The display check of the day, as a word and a way there; nobody is kept from reading. */
function DisplayDue() {
  const t = useText();
  const { settings } = useSettings();
  if (isCheckedToday(settings, Date.now())) return null;
  return (
    <span className="meta tone-warn">
      {t("display.due")} <Link href="/settings/check">{t("display.open")}</Link>
    </span>
  );
}
