import { useCallback, useEffect, useRef, useState } from 'react';
import { operations, timeline } from '../api/client';
import { liveUrl, useChanges } from '../api/changes';
import { problemFrom, type Problem } from '../api/problem';
import type { Exchange, OperationView, Page } from '../api/views';

/** The content of a session as far as it is loaded. */
export interface Recorded {
  exchanges: Exchange[];
  operations: OperationView[];
  byId: Map<string, OperationView>;
  moreExchanges: boolean;
  moreOperations: boolean;
  loading: boolean;
  /** Why the recording cannot be shown. */
  problem: Problem | null;
  /** Why the list of operations cannot be shown. */
  operationsProblem: Problem | null;
  loadMore: () => void;
  loadMoreOperations: () => void;
  reload: () => void;
}

interface Part<T> {
  items: T[];
  next: string | null;
  loading: boolean;
  problem: Problem | null;
}

const AGAIN_MILLIS = 1000;
const EXCHANGES = 100;
const OPERATIONS = 500;

/**
 * Loads what was said in a session and what was decided about it, page by page. While the session is
 * open it looks again at most once a second: each look at content is itself recorded.
 */
export function useRecord(session: string, open: boolean, purpose: string): Recorded {
  const opened: { [name: string]: string } = purpose === '' ? {} : { purpose };
  const said = usePages<Exchange>(
    `${session} ${purpose}`,
    (cursor, stop) => timeline(session, { limit: String(EXCHANGES), ...opened, ...at(cursor) }, stop),
    (exchange) => String(exchange.index),
  );
  const decided = usePages<OperationView>(
    `${session} ${purpose}`,
    (cursor, stop) =>
      operations(session, { limit: String(OPERATIONS), ...opened, ...at(cursor) }, stop),
    (operation) => operation.id,
  );
  const { again: sayAgain } = said;
  const { again: decideAgain } = decided;
  const reload = useCallback(() => {
    sayAgain();
    decideAgain();
  }, [sayAgain, decideAgain]);
  useChanges(
    (change) => change.view !== 'approvals',
    reload,
    AGAIN_MILLIS,
    open ? liveUrl(session) : null,
  );
  const wasOpen = useRef(open);
  useEffect(() => {
    if (wasOpen.current && !open) {
      // What came between the last look and the end.
      reload();
    }
    wasOpen.current = open;
  }, [open, reload]);
  return {
    exchanges: said.part.items,
    operations: decided.part.items,
    byId: new Map(decided.part.items.map((operation) => [operation.id, operation])),
    moreExchanges: said.part.next != null,
    moreOperations: decided.part.next != null,
    loading: said.part.loading || decided.part.loading,
    problem: said.part.problem,
    operationsProblem: decided.part.problem,
    loadMore: said.more,
    loadMoreOperations: decided.more,
    reload,
  };
}

interface Pages<T> {
  part: Part<T>;
  more: () => void;
  /** Loads the last page anew: what an open session added, and how what ran has ended. */
  again: () => void;
}

function usePages<T>(
  key: string,
  load: (cursor: string | null, stop: AbortSignal) => Promise<Page<T>>,
  idOf: (item: T) => string,
): Pages<T> {
  const [part, setPart] = useState<Part<T>>(EMPTY);
  const latest = useRef({ load, idOf, part, cursor: null as string | null });
  latest.current = { ...latest.current, load, idOf, part };
  const running = useRef<AbortController | null>(null);
  const wanted = useRef(false);

  const ask = useCallback((cursor: string | null) => {
    const stop = new AbortController();
    running.current = stop;
    setPart((old) => ({ ...old, loading: true }));
    latest.current
      .load(cursor, stop.signal)
      .then(
        (page) => {
          if (!stop.signal.aborted) {
            latest.current.cursor = cursor;
            setPart((old) => ({
              items: merge(old.items, page.items, latest.current.idOf),
              next: page.next,
              loading: false,
              problem: null,
            }));
          }
        },
        (thrown: unknown) => {
          if (!stop.signal.aborted) {
            setPart((old) => ({ ...old, loading: false, problem: problemFrom(thrown) }));
          }
        },
      )
      .finally(() => {
        if (!stop.signal.aborted) {
          running.current = null;
          if (wanted.current) {
            wanted.current = false;
            ask(latest.current.cursor);
          }
        }
      });
  }, []);

  useEffect(() => {
    setPart(EMPTY);
    latest.current.cursor = null;
    wanted.current = false;
    ask(null);
    return () => {
      running.current?.abort();
      running.current = null;
    };
  }, [key, ask]);

  const more = useCallback(() => {
    if (running.current === null && latest.current.part.next != null) {
      ask(latest.current.part.next);
    }
  }, [ask]);
  const again = useCallback(() => {
    if (running.current === null) {
      ask(latest.current.cursor);
    } else {
      wanted.current = true;
    }
  }, [ask]);
  return { part, more, again };
}

const EMPTY = { items: [], next: null, loading: true, problem: null };

/** Replaces what is known and appends what is new, in the order of the pages. */
export function merge<T>(known: T[], page: T[], idOf: (item: T) => string): T[] {
  const fresh = new Map(page.map((item) => [idOf(item), item]));
  const kept = known.map((item) => {
    const id = idOf(item);
    const newer = fresh.get(id);
    fresh.delete(id);
    return newer ?? item;
  });
  return [...kept, ...fresh.values()];
}

function at(cursor: string | null): { [name: string]: string } {
  return cursor === null ? {} : { cursor };
}
