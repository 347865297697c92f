/**
 * The rows of the worklist, of which only those in sight exist: a hundred thousand scroll as ten do.
 * One tab stop; arrows choose, Enter opens.
 */
import type { CaseEntry } from "@malleolus/schema";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { useLanguage, useText } from "../strings/text.tsx";
import { dayOrTime } from "../strings/times.ts";
import type { Language, Translate } from "../strings/translate.ts";
import { moveOfKey, rowAfter } from "./worklist.ts";

const ROW_HEIGHT = 40;
const HEAD_HEIGHT = 32;
const LOAD_AHEAD = 100;

export function WorklistGrid({
  entries,
  total,
  loadMore,
  open,
}: {
  readonly entries: readonly CaseEntry[];
  /** How many there are with those that are not loaded; null where nobody knows. */
  readonly total: number | null;
  readonly loadMore: (() => void) | null;
  readonly open: (entry: CaseEntry) => void;
}) {
  const t = useText();
  const language = useLanguage();
  const scroller = useRef<HTMLDivElement>(null);
  const id = useId();
  const [row, setRow] = useState(0);
  const rows = useVirtualizer({
    count: entries.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    scrollMargin: HEAD_HEIGHT,
    overscan: 8,
  });
  const shown = rows.getVirtualItems();
  const lastShown = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (loadMore !== null && lastShown >= entries.length - LOAD_AHEAD) loadMore();
  }, [loadMore, lastShown, entries.length]);

  const onKeyDown = (event: KeyboardEvent) => {
    const move = moveOfKey(event.key);
    if (event.key === "Enter" && entries[row] !== undefined) open(entries[row]);
    else if (move !== undefined) {
      const height = scroller.current?.clientHeight ?? ROW_HEIGHT;
      const next = rowAfter(move, row, entries.length, Math.floor(height / ROW_HEIGHT) - 2);
      setRow(next);
      rows.scrollToIndex(next);
    } else return;
    event.preventDefault();
  };

  return (
    <div
      ref={scroller}
      className="grid-scroll"
      role="grid"
      tabIndex={0}
      aria-label={t("worklist.rows")}
      aria-rowcount={(total ?? entries.length) + 1}
      aria-activedescendant={shown.some(({ index }) => index === row) ? `${id}-${row}` : undefined}
      onKeyDown={onKeyDown}
    >
      <div role="rowgroup">
        <div className="grid-row grid-head" role="row" aria-rowindex={1}>
          {(["code", "views", "state", "edited"] as const).map((column) => (
            <span key={column} role="columnheader">
              {t(`worklist.${column}`)}
            </span>
          ))}
        </div>
      </div>
      <div className="grid-body" role="rowgroup" style={{ height: rows.getTotalSize() }}>
        {shown.map(({ index, start }) => {
          const entry = entries[index];
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the grid has the keys.
            <div
              key={entry.code}
              id={`${id}-${index}`}
              className="grid-row"
              role="row"
              tabIndex={-1}
              aria-rowindex={index + 2}
              aria-selected={index === row}
              style={{ transform: `translateY(${start - HEAD_HEIGHT}px)` }}
              onClick={() => {
                setRow(index);
                open(entry);
              }}
            >
              <Cells entry={entry} t={t} language={language} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

function Cells({
  entry,
  t,
  language,
}: {
  readonly entry: CaseEntry;
  readonly t: Translate;
  readonly language: Language;
}) {
  const views = entry.views.map((view) => t(view === null ? "view.unknown" : `view.${view}`));
  return (
    <>
      <span role="gridcell">{entry.label}</span>
      <span role="gridcell">{views.join(" · ")}</span>
      <span role="gridcell">
        <span className="state-mark" data-state={entry.state}>
          {t(`worklist.state.${entry.state}`)}
        </span>
      </span>
      <span role="gridcell" className="muted">
        {entry.editedAt === null ? "–" : dayOrTime(entry.editedAt, Date.now(), language)}
      </span>
    </>
  );
}
