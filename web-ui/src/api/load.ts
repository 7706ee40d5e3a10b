import { useCallback, useEffect, useRef, useState } from 'react';
import { Problem, problemFrom } from './problem';

export interface Loaded<T> {
  /** The newest answer; kept while a newer one is on its way and when that fails. */
  data: T | null;
  problem: Problem | null;
  loading: boolean;
  reload: () => void;
  set: (data: T) => void;
}

const LONGEST_MILLIS = 20_000;

/**
 * Loads, and loads again when `key` changes or `reload` is called. An answer to another key is
 * dropped. `reload` never cuts off a question under way, however often it is called: one more follows
 * it, so that a page of a busy system still gets its answers.
 */
export function useLoad<T>(key: string, load: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  const [state, setState] = useState<{ key: string; data: T | null; problem: Problem | null }>({
    key,
    data: null,
    problem: null,
  });
  const [loading, setLoading] = useState(true);
  const latest = useRef(load);
  latest.current = load;
  const ask = useRef<() => void>(() => {});

  useEffect(() => {
    let over = false;
    let running: AbortController | null = null;
    let again = false;

    const once = async () => {
      const stop = new AbortController();
      running = stop;
      const tooLong = setTimeout(() => stop.abort(), LONGEST_MILLIS);
      setLoading(true);
      try {
        const data = await latest.current(stop.signal);
        if (!over) {
          setState({ key, data, problem: null });
        }
      } catch (thrown) {
        if (!over) {
          const problem = stop.signal.aborted ? TOO_LONG : problemFrom(thrown);
          setState((old) => ({ key, data: old.key === key ? old.data : null, problem }));
        }
      } finally {
        clearTimeout(tooLong);
        running = null;
      }
      if (over) {
        return;
      }
      setLoading(false);
      if (again) {
        again = false;
        void once();
      }
    };

    ask.current = () => {
      if (running === null) {
        void once();
      } else {
        again = true;
      }
    };
    void once();
    return () => {
      over = true;
      ask.current = () => {};
      running?.abort();
    };
  }, [key]);

  const reload = useCallback(() => ask.current(), []);
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

const TOO_LONG = new Problem(
  'about:blank',
  'Countersign takes too long to answer',
  'Nothing was changed by this page. Try again.',
  0,
);
