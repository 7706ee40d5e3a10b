import type {
  ApprovalView,
  EvidenceJob,
  Exchange,
  Integrity,
  Lag,
  OperationView,
  Page,
  SessionView,
  Whoami,
} from './views';

/** The REST API as this page uses it, in the form that openapi-fetch reads. */
export interface paths {
  '/api/v1/whoami': { get: Get<Whoami> };
  '/api/v1/lag': { get: Get<Lag> };
  '/api/v1/integrity': { get: Get<Integrity> };
  '/api/v1/approvals': { get: Get<Page<ApprovalView>, None, Filter> };
  '/api/v1/approvals/{id}': { get: Get<ApprovalView, Id, Filter> };
  '/api/v1/approvals/{id}:approve': { post: Post<ApprovalView> };
  '/api/v1/approvals/{id}:deny': { post: Post<ApprovalView, { reason: string }> };
  '/api/v1/approvals/{id}:modify': { post: Post<ApprovalView, { text: string }> };
  '/api/v1/approvals/{id}:withdraw': { post: Post<ApprovalView> };
  '/api/v1/evidence': {
    get: Get<Page<EvidenceJob>>;
    post: Answers<EvidenceJob> & {
      requestBody: { content: { 'application/json': Record<string, string | boolean> } };
    };
  };
  '/api/v1/evidence/{id}': { delete: Answers<EvidenceJob> & { parameters: { path: Id } } };
  '/api/v1/sessions': { get: Get<Page<SessionView>, None, Filter> };
  '/api/v1/sessions/{id}': { get: Get<SessionView, Id> };
  '/api/v1/sessions/{id}:terminate': { post: Post<SessionView, { reason: string }> };
  '/api/v1/sessions/{id}/operations': { get: Get<Page<OperationView>, Id, Filter> };
  '/api/v1/sessions/{id}/timeline': { get: Get<Page<Exchange>, Id, Filter> };
}

type None = 'none';
type Filter = Record<string, string>;
interface Id {
  id: string;
}

interface Answers<T> {
  responses: {
    200: { content: { 'application/json': T } };
    default: { content: { 'application/problem+json': unknown } };
  };
}

type Get<T, P = None, Q = None> = Answers<T> & {
  parameters: (P extends None ? object : { path: P }) & { query?: Q };
};

type Post<T, B = null> = Answers<T> & {
  parameters: { path: Id };
} & (B extends null ? object : { requestBody: { content: { 'application/json': B } } });
