import { useCallback, useEffect, useRef, useState } from 'react';
import { approval, approvals } from '../api/client';
import { useChanges } from '../api/changes';
import { useLoad } from '../api/load';
import type { Problem } from '../api/problem';
import type { ApprovalView } from '../api/views';

export interface Queue {
  /** Oldest first; what ended while it was on the page stays until it is cleared away. */
  rows: ApprovalView[];
  waiting: number;
  loaded: boolean;
  /** More wait than are listed. */
  more: boolean;
  problem: Problem | null;
  /** The newest thing that happened, for a voice. */
  news: string;
  reload: () => void;
  put: (view: ApprovalView) => void;
  clearEnded: () => void;
}

const FINAL: ReadonlySet<string> = new Set(['used', 'denied', 'expired', 'withdrawn']);
const MOST = 200;
const MOST_ENDED = 20;

/** What waits for an answer, kept current. Rows never move: new ones come at the end. */
export function useQueue(): Queue {
  const [rows, setRows] = useState<ApprovalView[]>([]);
  const [news, setNews] = useState('');
  const shown = useRef(rows);
  shown.current = rows;
  const { data, problem, reload } = useLoad('pending', (signal) =>
    approvals({ state: 'pending', limit: String(MOST) }, signal),
  );
  useChanges((changed) => changed.view === 'approvals', reload);

  const put = useCallback((view: ApprovalView) => {
    setRows((old) => bound(old.map((row) => (row.id === view.id ? view : row))));
  }, []);

  useEffect(() => {
    if (data === null) {
      return;
    }
    const merged = merge(shown.current, data.items);
    setRows(merged.rows);
    if (merged.added.length > 0) {
      setNews(arrival(merged.added, data.items.length));
    }
    for (const id of merged.gone) {
      approval(id).then(
        (view) => {
          const before = shown.current.find((row) => row.id === id)?.state;
          put(view);
          if (view.state !== before) {
            setNews(`${view.principal} on ${view.target}: ${view.state}.`);
          }
        },
        // It may not be seen any more: then it is not shown any more.
        () => setRows((old) => old.filter((row) => row.id !== id)),
      );
    }
  }, [data, put]);

  const clearEnded = useCallback(
    () => setRows((old) => old.filter((row) => row.state === 'pending')),
    [],
  );
  return {
    rows,
    waiting: rows.filter((row) => row.state === 'pending').length,
    loaded: data !== null,
    more: data !== null && data.next != null,
    problem,
    news,
    reload,
    put,
    clearEnded,
  };
}

/**
 * Puts what is pending now into what is shown: rows stay where they are, new ones are appended oldest
 * first, and those that are no longer pending, or may still go on, are named to be looked up.
 */
export function merge(
  shown: ApprovalView[],
  pending: ApprovalView[],
): { rows: ApprovalView[]; added: ApprovalView[]; gone: string[] } {
  const now = new Map(pending.map((view) => [view.id, view]));
  const known = new Set(shown.map((row) => row.id));
  const added = pending
    .filter((view) => !known.has(view.id))
    .sort((a, b) => a.requestedAt.localeCompare(b.requestedAt) || a.id.localeCompare(b.id));
  return {
    rows: [...shown.map((row) => now.get(row.id) ?? row), ...added],
    added,
    gone: shown.filter((row) => !now.has(row.id) && !FINAL.has(row.state)).map((row) => row.id),
  };
}

function arrival(added: ApprovalView[], waiting: number): string {
  const [first] = added;
  const who =
    added.length === 1 && first !== undefined
      ? `New request: ${first.principal} on ${first.target}`
      : `${added.length} new requests`;
  return `${who}. ${waiting} waiting.`;
}

/** Keeps only the newest of what has ended. */
function bound(rows: ApprovalView[]): ApprovalView[] {
  let drop = rows.filter((row) => row.state !== 'pending').length - MOST_ENDED;
  return drop <= 0 ? rows : rows.filter((row) => row.state === 'pending' || drop-- <= 0);
}
