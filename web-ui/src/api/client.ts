import createClient from 'openapi-fetch';
import type { paths } from './paths';
import { Problem, problemFrom, problemOf } from './problem';
import type {
  ApprovalView,
  DemoPerson,
  EvidenceJob,
  Exchange,
  Integrity,
  Lag,
  OperationView,
  Page,
  SessionView,
  Whoami,
} from './views';

/** Called on each answer 401: the proof of identity is gone or over. */
let signedOut: () => void = () => {};

export function onSignedOut(listener: () => void): void {
  signedOut = listener;
}

const client = createClient<paths>({
  // Late binding, so that a test can stand in for the network.
  fetch: (request) => globalThis.fetch(request),
  credentials: 'same-origin',
  baseUrl: globalThis.location?.origin ?? '',
});

interface Outcome<T> {
  data?: T | undefined;
  error?: unknown;
  response: Response;
}

async function take<T>(asked: Promise<Outcome<T>>): Promise<T> {
  let outcome: Outcome<T>;
  try {
    outcome = await asked;
  } catch (thrown) {
    if (thrown instanceof DOMException && thrown.name === 'AbortError') {
      throw thrown;
    }
    throw thrown instanceof SyntaxError
      ? new Problem('about:blank', 'The answer could not be read', 'It was not JSON.', 502)
      : problemFrom(thrown);
  }
  noteServerTime(outcome.response);
  if (!outcome.response.ok || outcome.data === undefined) {
    if (outcome.response.status === 401) {
      signedOut();
    }
    throw problemOf(outcome.response.status, outcome.error);
  }
  return outcome.data;
}

/** How far this machine's clock is behind the server's, in milliseconds. */
let ahead = 0;

/** The server's time as well as this page knows it: what expires, expires by the server's clock. */
export function serverNow(): number {
  return Date.now() + ahead;
}

function noteServerTime(response: Response): void {
  const date = Date.parse(response.headers.get('date') ?? '');
  if (!Number.isNaN(date)) {
    // The header has whole seconds: only believe a difference larger than that and the way here.
    const difference = date + 500 - Date.now();
    ahead = Math.abs(difference) > 2000 ? difference : 0;
  }
}

export interface Filter {
  [name: string]: string;
}

export function whoami(signal?: AbortSignal): Promise<Whoami> {
  return take(client.GET('/api/v1/whoami', until(signal)));
}

export function lag(signal?: AbortSignal): Promise<Lag> {
  return take(client.GET('/api/v1/lag', until(signal)));
}

export function integrity(signal?: AbortSignal): Promise<Integrity> {
  return take(client.GET('/api/v1/integrity', until(signal)));
}

export function approvals(filter: Filter, signal?: AbortSignal): Promise<Page<ApprovalView>> {
  return take(client.GET('/api/v1/approvals', { params: { query: filter }, ...until(signal) }));
}

export function approval(
  id: string,
  signal?: AbortSignal,
  purpose: string = '',
): Promise<ApprovalView> {
  const query: Filter = purpose === '' ? {} : { purpose };
  return take(
    client.GET('/api/v1/approvals/{id}', { params: { path: { id }, query }, ...until(signal) }),
  );
}

export function approve(id: string): Promise<ApprovalView> {
  return take(client.POST('/api/v1/approvals/{id}:approve', { params: { path: { id } } }));
}

export function deny(id: string, reason: string): Promise<ApprovalView> {
  return take(
    client.POST('/api/v1/approvals/{id}:deny', { params: { path: { id } }, body: { reason } }),
  );
}

export function modify(id: string, text: string): Promise<ApprovalView> {
  return take(
    client.POST('/api/v1/approvals/{id}:modify', { params: { path: { id } }, body: { text } }),
  );
}

export function withdraw(id: string): Promise<ApprovalView> {
  return take(client.POST('/api/v1/approvals/{id}:withdraw', { params: { path: { id } } }));
}

export function sessions(filter: Filter, signal?: AbortSignal): Promise<Page<SessionView>> {
  return take(client.GET('/api/v1/sessions', { params: { query: filter }, ...until(signal) }));
}

export function session(id: string, signal?: AbortSignal): Promise<SessionView> {
  return take(client.GET('/api/v1/sessions/{id}', { params: { path: { id } }, ...until(signal) }));
}

/** Asks the session's edge to end it now, with words for the caller. */
export function terminate(id: string, reason: string): Promise<SessionView> {
  return take(
    client.POST('/api/v1/sessions/{id}:terminate', { params: { path: { id } }, body: { reason } }),
  );
}

export function operations(
  id: string,
  filter: Filter,
  signal?: AbortSignal,
): Promise<Page<OperationView>> {
  return take(
    client.GET('/api/v1/sessions/{id}/operations', {
      params: { path: { id }, query: filter },
      ...until(signal),
    }),
  );
}

export function timeline(
  id: string,
  filter: Filter,
  signal?: AbortSignal,
): Promise<Page<Exchange>> {
  return take(
    client.GET('/api/v1/sessions/{id}/timeline', {
      params: { path: { id }, query: filter },
      ...until(signal),
    }),
  );
}

export function evidence(signal?: AbortSignal): Promise<Page<EvidenceJob>> {
  return take(client.GET('/api/v1/evidence', until(signal)));
}

/** Asks for a bundle; it is made in the background. */
export function makeEvidence(wanted: Record<string, string | boolean>): Promise<EvidenceJob> {
  return take(client.POST('/api/v1/evidence', { body: wanted }));
}

/** Deletes a bundle's file, or ends its making. */
export function removeEvidence(id: string): Promise<EvidenceJob> {
  return take(client.DELETE('/api/v1/evidence/{id}', { params: { path: { id } } }));
}

/** Where a browser downloads a bundle. */
export function bundleUrl(id: string): string {
  return `/api/v1/evidence/${encodeURIComponent(id)}/bundle`;
}

/** Where a browser downloads one direction of a recording, byte for byte. */
export function recordingUrl(id: string, direction: 'in' | 'out', purpose: string): string {
  const query = new URLSearchParams({ direction });
  if (purpose !== '') {
    query.set('purpose', purpose);
  }
  return `/api/v1/sessions/${encodeURIComponent(id)}/recording?${query.toString()}`;
}

/** The people of the demo, or null where there is no demo identity provider. */
export async function demoPeople(): Promise<DemoPerson[] | null> {
  try {
    const answer = await fetch('/demo/people', { headers: { accept: 'application/json' } });
    const json = answer.headers.get('content-type')?.includes('json') ?? false;
    if (!answer.ok || !json) {
      return null;
    }
    const people: unknown = await answer.json();
    return Array.isArray(people) ? (people as DemoPerson[]) : null;
  } catch {
    return null;
  }
}

/** Ends the demo's sign-in. */
export async function signOut(): Promise<void> {
  let answer: Response;
  try {
    answer = await fetch('/demo/sign-out', { method: 'POST', redirect: 'manual' });
  } catch (thrown) {
    throw problemFrom(thrown);
  }
  if (!answer.ok && answer.type !== 'opaqueredirect') {
    throw problemOf(answer.status, null);
  }
}

function until(signal: AbortSignal | undefined): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}
