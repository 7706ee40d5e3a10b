/**
 * What the API answers: the JSON of the records in the Java package countersign.view, component by
 * component. Times are RFC 3339 in UTC; `micros` count from the opening of the session.
 */

export type ApprovalState =
  | 'pending'
  | 'approved'
  | 'modified'
  | 'denied'
  | 'expired'
  | 'withdrawn'
  | 'used';

export interface Answer {
  by: string;
  kind: string;
  reason: string;
  at: string;
}

/** What helps to decide. */
export interface Context {
  ticket: string;
  relations: string[];
  everyRow: string[];
  rowsEstimated: number | null;
  plan: string;
}

export interface ApprovalView {
  id: string;
  state: ApprovalState;
  session: string;
  operation: string;
  principal: string;
  /** Names from who started it to who acts. */
  chain: string[];
  /** Everybody whose own request it is: nobody of them may answer. */
  people: string[];
  protocol: string;
  target: string;
  database: string;
  role: string;
  text: string;
  binds: (string | null)[];
  effects: string[];
  rule: string;
  why: string;
  statedReason: string;
  context: Context;
  digest: string;
  by: string[];
  quorum: number;
  /** Whether the session waits, or the request outlives it. */
  waiting: 'stream' | 'ticket';
  inTransaction: boolean;
  modifiable: boolean;
  modifiedText: string | null;
  answers: Answer[];
  refusedAttempts: Answer[];
  requestedAt: string;
  expiresAt: string;
  endedAt: string | null;
}

export type SessionState = 'open' | 'closed' | 'interrupted' | 'erased';

export interface SessionView {
  id: string;
  state: SessionState;
  protocol: string;
  recording: string;
  principal: string;
  chain: string[];
  people: string[];
  target: string;
  database: string;
  role: string;
  client: string;
  application: string;
  openedAt: string;
  closedAt: string | null;
  end: string;
  operations: number;
  held: number;
  blocked: number;
  segments: number;
  bytesIn: number;
  bytesOut: number;
  gapFrom: number | null;
  gapAt: string | null;
  erasedAt: string | null;
}

export interface OperationView {
  id: string;
  session: string;
  seq: number;
  position: number;
  at: string;
  micros: number;
  decision: string;
  effects: string[];
  rule: string;
  reason: string;
  text: string;
  binds: (string | null)[];
  digest: string;
  approval: string | null;
  replaces: string | null;
  byEdge: boolean;
  state: string;
  status: string | null;
  tag: string | null;
  rows: number | null;
  bytes: number | null;
  duration: number | null;
}

export interface Column {
  name: string;
  type: string;
}

/** One thing said by the caller and everything that came back for it. */
export interface Exchange {
  index: number;
  operation: string | null;
  micros: number;
  /** When its last answer came; -1 while there is none. */
  endMicros: number;
  /** `simple`, `extended`, `copy`, `function`, or `unasked` for what came by itself. */
  kind: string;
  /** Empty for further results of one simple query, and for what nobody asked. */
  text: string;
  binds: (string | null)[];
  columns: Column[];
  rows: (string | null)[][];
  rowCount: number;
  truncated: boolean;
  notices: Message[];
  error: Message | null;
  tag: string | null;
}

/** A notice or error of the target, or of the edge in the target's words. */
export type Message = string | Record<string, string | number | null>;

export interface Whoami {
  name: string;
  chain: (string | { name: string })[];
  kind: string;
  groups: string[];
  powers: string[];
  expires: string;
}

export type EvidenceState = 'waiting' | 'running' | 'ready' | 'failed' | 'expired';

/** How the making of an evidence bundle stands. */
export interface EvidenceJob {
  id: string;
  state: EvidenceState;
  stage: string;
  done: number;
  /** -1 when it is not known yet. */
  total: number;
  query: Record<string, string>;
  disclosed: boolean;
  encrypted: boolean;
  by: string;
  purpose: string;
  events: number;
  sessions: number;
  from: number;
  to: number;
  bytes: number;
  sha256: string;
  notOpened: number;
  error: string;
  requestedAt: string;
  finishedAt: string | null;
  expiresAt: string | null;
}

export interface Lag {
  head: number;
  seen: number;
}

/** How the stored events stand against what was signed. What is wrong, only for who sees everything. */
export interface Integrity {
  state: 'ok' | 'checking' | 'problem';
  problems: { kind: string; position: number; words: string; at: string }[];
  size: number;
  signedSize: number;
  verified: number;
  signedAt: string | null;
  verifiedAt: string | null;
  needed: number;
  witnesses: { name: string; size: number; at: string | null; trouble: string }[];
  stampedSize: number;
}

export interface Page<T> {
  items: T[];
  next: string | null;
}

/** A change of a row, as the stream of changes says it. Never content. */
export interface Changed {
  view: 'sessions' | 'operations' | 'approvals' | 'segments';
  id: string;
  session: string;
}

export interface DemoPerson {
  name: string;
  groups: string[];
  what: string;
}
