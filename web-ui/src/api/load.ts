import { useCallback, useEffect, useRef, useState } from 'react';
import { problemFrom, type Problem } from './problem';

export interface Loaded<T> {
  /** The newest answer; kept while a newer one is on its way and when that fails. */
  data: T | null;
  problem: Problem | null;
  loading: boolean;
  reload: () => void;
  set: (data: T) => void;
}

/**
 * Loads, and loads again when `key` changes or `reload` is called. The latest question wins: an
 * answer that arrives late is dropped.
 */
export function useLoad<T>(key: string, load: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  const [state, setState] = useState<{ key: string; data: T | null; problem: Problem | null }>({
    key,
    data: null,
    problem: null,
  });
  const [loading, setLoading] = useState(true);
  const [round, setRound] = useState(0);
  const latest = useRef(load);
  latest.current = load;

  useEffect(() => {
    const stop = new AbortController();
    setLoading(true);
    latest
      .current(stop.signal)
      .then(
        (data) => {
          if (!stop.signal.aborted) {
            setState({ key, data, problem: null });
          }
        },
        (thrown: unknown) => {
          if (!stop.signal.aborted) {
            const problem = problemFrom(thrown);
            setState((old) => ({ key, data: old.key === key ? old.data : null, problem }));
          }
        },
      )
      .finally(() => {
        if (!stop.signal.aborted) {
          setLoading(false);
        }
      });
    return () => stop.abort();
  }, [key, round]);

  const reload = useCallback(() => setRound((n) => n + 1), []);
  const set = useCallback((data: T) => setState({ key, data, problem: null }), [key]);
  const fresh = state.key === key;
  return {
    data: fresh ? state.data : null,
    problem: fresh ? state.problem : null,
    loading,
    reload,
    set,
  };
}
