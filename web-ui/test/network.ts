import { vi } from 'vitest';
import type { ApprovalView, EvidenceJob, Exchange, OperationView, SessionView, Whoami } from '../src/api/views';

export interface Asked {
  method: string;
  path: string;
  search: URLSearchParams;
  body: unknown;
}

type Answer = (asked: Asked) => { status?: number; body: unknown } | undefined;

/** Stands where the network is: answers what `answer` knows, 404 to the rest, and keeps what was asked. */
export function network(answer: Answer): Asked[] {
  const seen: Asked[] = [];
  vi.stubGlobal('fetch', async (input: Request | string, init?: RequestInit) => {
    const request = new Request(new URL(typeof input === 'string' ? input : input.url, 'http://localhost'), {
      method: typeof input === 'string' ? (init?.method ?? 'GET') : input.method,
    });
    const text = typeof input === 'string' ? '' : await input.text();
    const url = new URL(request.url);
    const asked = {
      method: request.method,
      path: decodeURIComponent(url.pathname),
      search: url.searchParams,
      body: text === '' ? null : (JSON.parse(text) as unknown),
    };
    seen.push(asked);
    const known = answer(asked) ?? {
      status: 404,
      body: { type: 'urn:countersign:problem:not-found', title: 'There is no such thing', status: 404 },
    };
    const status = known.status ?? 200;
    return new Response(JSON.stringify(known.body), {
      status,
      headers: { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' },
    });
  });
  return seen;
}

/** A stream of changes that a test speaks on. */
export class Changes extends EventTarget {
  static readonly CLOSED = 2;
  static all: Changes[] = [];
  readyState = 0;

  constructor(readonly url: string) {
    super();
    Changes.all.push(this);
  }

  static install(): void {
    Changes.all = [];
    vi.stubGlobal('EventSource', Changes);
  }

  /** Says a change where the API says it: everywhere, but pieces of recordings to their session only. */
  static say(view: string, id: string, session: string): void {
    const data = JSON.stringify({ view, id, session });
    Changes.all
      .filter((one) => one.url.endsWith('/live') ? one.url.includes(session) : view !== 'segments')
      .forEach((one) => one.dispatchEvent(new MessageEvent('change', { data })));
  }

  static fail(): void {
    Changes.all.forEach((one) => {
      one.readyState = Changes.CLOSED;
      one.dispatchEvent(new Event('error'));
    });
  }

  close(): void {
    Changes.all = Changes.all.filter((one) => one !== this);
  }
}

export function person(over: Partial<Whoami> = {}): Whoami {
  return {
    name: 'bob',
    chain: ['bob'],
    kind: 'human',
    groups: ['approvers'],
    powers: [],
    expires: '2099-01-01T00:00:00Z',
    ...over,
  };
}

export function bundle(over: Partial<EvidenceJob> = {}): EvidenceJob {
  return {
    id: 'evd-7k2m9xw4c8tn5rbj',
    state: 'ready',
    stage: '',
    done: 12,
    total: 12,
    query: { who: 'agent-ada' },
    disclosed: false,
    encrypted: false,
    by: 'dana',
    purpose: 'yearly audit',
    events: 12,
    sessions: 2,
    from: 3,
    to: 40,
    bytes: 2048,
    sha256: 'ab'.repeat(32),
    notOpened: 0,
    error: '',
    requestedAt: '2026-11-21T02:00:00Z',
    finishedAt: '2026-11-21T02:00:01Z',
    expiresAt: '2026-11-22T02:00:01Z',
    ...over,
  };
}

export function request(over: Partial<ApprovalView> = {}): ApprovalView {
  return {
    id: 'apr-k7m2xw4c8tn5rbjx',
    state: 'pending',
    session: 'session-1',
    operation: 'operation-1',
    principal: 'agent-ada',
    chain: ['alice', 'agent-ada'],
    people: ['alice', 'agent-ada'],
    protocol: 'postgres',
    target: 'orders',
    database: 'orders',
    role: 'app',
    text: 'delete from payments where id = 1;',
    binds: [],
    effects: ['change', 'destroy'],
    rule: 'ai-readonly/2',
    why: 'changes by agents wait',
    statedReason: 'duplicate charge',
    context: { ticket: '', relations: [], everyRow: [], rowsEstimated: null, plan: '' },
    digest: 'ab'.repeat(32),
    by: ['approvers'],
    quorum: 1,
    waiting: 'stream',
    inTransaction: false,
    modifiable: true,
    modifiedText: null,
    answers: [],
    refusedAttempts: [],
    requestedAt: '2026-11-21T02:00:00Z',
    expiresAt: '2099-11-21T02:15:00Z',
    endedAt: null,
    ...over,
  };
}

export function session(over: Partial<SessionView> = {}): SessionView {
  return {
    id: 'session-1',
    state: 'closed',
    protocol: 'postgres',
    recording: 'statement',
    principal: 'agent-ada',
    chain: ['alice', 'agent-ada'],
    people: ['alice'],
    target: 'orders',
    database: 'orders',
    role: 'app',
    client: '127.0.0.1:5000',
    application: 'psql',
    openedAt: '2026-11-21T02:00:00Z',
    closedAt: '2026-11-21T02:01:00Z',
    end: 'client',
    operations: 2,
    held: 0,
    blocked: 0,
    segments: 1,
    bytesIn: 10,
    bytesOut: 20,
    gapFrom: null,
    gapAt: null,
    erasedAt: null,
    ...over,
  };
}

export function exchange(over: Partial<Exchange> = {}): Exchange {
  return {
    index: 0,
    operation: 'operation-0',
    micros: 1_000_000,
    endMicros: 1_200_000,
    kind: 'simple',
    text: 'select 1;',
    binds: [],
    columns: [{ name: 'n', type: 'int4' }],
    rows: [['1']],
    rowCount: 1,
    truncated: false,
    notices: [],
    error: null,
    tag: 'SELECT 1',
    ...over,
  };
}

export function operation(over: Partial<OperationView> = {}): OperationView {
  return {
    id: 'operation-0',
    session: 'session-1',
    seq: 1,
    position: 7,
    at: '2026-11-21T02:00:01Z',
    micros: 1_000_000,
    decision: 'allowed',
    effects: ['read'],
    rule: 'ai-readonly/1',
    reason: 'reads are allowed',
    text: 'select 1;',
    binds: [],
    digest: 'cd'.repeat(32),
    approval: null,
    replaces: null,
    byEdge: false,
    state: 'ok',
    status: '00000',
    tag: 'SELECT 1',
    rows: 1,
    bytes: 30,
    duration: 200_000,
    ...over,
  };
}
