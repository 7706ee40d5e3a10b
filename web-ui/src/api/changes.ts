import { useEffect, useRef, useState } from 'react';
import type { Changed } from './views';

export type Liveness = 'connecting' | 'live' | 'polling';

type Listener = (changed: Changed | null) => void;

const POLL_MILLIS = 4000;
const COALESCE_MILLIS = 120;

/**
 * One stream of changes, shared by all who listen to the same address. When it breaks, listeners are called every four seconds
 * instead, with null ("anything may have changed"), until it is back.
 */
class ChangeStream {
  private readonly listeners = new Set<Listener>();
  private readonly watchers = new Set<(liveness: Liveness) => void>();
  private source: EventSource | null = null;
  private poll: ReturnType<typeof setInterval> | null = null;
  liveness: Liveness = 'connecting';

  constructor(private readonly url: string) {}

  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    this.open();
    return () => {
      this.listeners.delete(listener);
      this.closeWhenUnused();
    };
  }

  watch(watcher: (liveness: Liveness) => void): () => void {
    this.watchers.add(watcher);
    this.open();
    return () => {
      this.watchers.delete(watcher);
      this.closeWhenUnused();
    };
  }

  private open(): void {
    if (this.source !== null || typeof EventSource === 'undefined') {
      return;
    }
    const source = new EventSource(this.url);
    this.source = source;
    source.addEventListener('open', () => {
      this.become('live');
      this.tell(null);
    });
    source.addEventListener('change', (event) => this.tell(read((event as MessageEvent).data)));
    source.addEventListener('error', () => {
      this.become('polling');
      if (source.readyState === EventSource.CLOSED) {
        // Refused rather than broken: the browser does not try again by itself, the poll does.
        this.source = null;
      }
    });
  }

  private become(liveness: Liveness): void {
    if (this.liveness === liveness) {
      return;
    }
    this.liveness = liveness;
    this.watchers.forEach((watcher) => watcher(liveness));
    if (this.poll !== null) {
      clearInterval(this.poll);
      this.poll = null;
    }
    if (liveness === 'polling') {
      this.poll = setInterval(() => {
        this.open();
        this.tell(null);
      }, POLL_MILLIS);
    }
  }

  private tell(changed: Changed | null): void {
    this.listeners.forEach((listener) => listener(changed));
  }

  private closeWhenUnused(): void {
    if (this.listeners.size + this.watchers.size > 0) {
      return;
    }
    this.source?.close();
    this.source = null;
    if (this.poll !== null) {
      clearInterval(this.poll);
      this.poll = null;
    }
    this.liveness = 'connecting';
    streams.delete(this.url);
  }
}

/** Reads the data of a change; null for what cannot be read, which means "look again". */
export function read(data: unknown): Changed | null {
  try {
    const value: unknown = JSON.parse(String(data));
    return typeof value === 'object' && value !== null && 'view' in value
      ? (value as Changed)
      : null;
  } catch {
    return null;
  }
}

const EVERYTHING = '/api/v1/changes';
const streams = new Map<string, ChangeStream>();

function streamOf(url: string): ChangeStream {
  const known = streams.get(url);
  if (known !== undefined) {
    return known;
  }
  const stream = new ChangeStream(url);
  streams.set(url, stream);
  return stream;
}

/** Where the changes of one session are told, with its pieces of recording. */
export function liveUrl(session: string): string {
  return `/api/v1/sessions/${encodeURIComponent(session)}/live`;
}

/**
 * Calls back after rows changed that `concerns` accepts: `wait` milliseconds after the first change,
 * once for all that come meanwhile. Listens to nothing while `url` is null.
 */
export function useChanges(
  concerns: (changed: Changed) => boolean,
  refetch: () => void,
  wait: number = COALESCE_MILLIS,
  url: string | null = EVERYTHING,
): void {
  const latest = useRef({ concerns, refetch });
  latest.current = { concerns, refetch };
  useEffect(() => {
    if (url === null) {
      return;
    }
    let timer: ReturnType<typeof setTimeout> | null = null;
    const stop = streamOf(url).listen((changed) => {
      if (timer !== null || (changed !== null && !latest.current.concerns(changed))) {
        return;
      }
      timer = setTimeout(() => {
        timer = null;
        latest.current.refetch();
      }, wait);
    });
    return () => {
      stop();
      if (timer !== null) {
        clearTimeout(timer);
      }
    };
  }, [wait, url]);
}

/** Whether changes arrive by themselves. */
export function useLiveness(): Liveness {
  const [liveness, setLiveness] = useState<Liveness>(streamOf(EVERYTHING).liveness);
  useEffect(() => streamOf(EVERYTHING).watch(setLiveness), []);
  return liveness;
}
