import { useSyncExternalStore } from 'react';

const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener('popstate', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('popstate', listener);
  };
}

/** Goes to a page of this application without loading it anew. */
export function go(to: string, how: 'push' | 'replace' = 'push'): void {
  window.history[`${how}State`](null, '', to);
  listeners.forEach((listener) => listener());
}

/** Where the page is: path without a slash at its end, and the search parameters as text. */
export function useLocation(): { path: string; search: string } {
  const at = useSyncExternalStore(
    subscribe,
    () => `${window.location.pathname}\n${window.location.search}`,
  );
  const [path = '/', search = ''] = at.split('\n');
  return { path: path.length > 1 ? path.replace(/\/+$/, '') : path, search };
}
