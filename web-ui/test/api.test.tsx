import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { App } from '../src/App';
import { approve, deny, whoami } from '../src/api/client';
import { read } from '../src/api/changes';
import { problemFrom, problemOf } from '../src/api/problem';
import { wordsOf } from '../src/replay/message';
import { Changes, network } from './network';

beforeEach(() => {
  Changes.install();
  window.history.replaceState(null, '', '/');
});
afterEach(cleanup);

describe('a problem', () => {
  it('has the words of its document', () => {
    const problem = problemOf(403, { type: 'urn:countersign:problem:not-eligible', title: 'You may not answer', detail: 'alice is in the chain' });
    expect(problem).toMatchObject({ kind: 'not-eligible', title: 'You may not answer', detail: 'alice is in the chain', status: 403 });
  });

  it('has words when something else came', () => {
    expect(problemOf(503, '<html>').title).toBe('Countersign cannot do this right now');
    expect(problemOf(418, null).title).toBe('The server answered with status 418');
    expect(problemOf(500, { title: 7 }).title).toBe('The server answered with status 500');
  });

  it('has words when nothing answered', () => {
    expect(problemFrom(new TypeError('fetch failed')).title).toBe('Countersign cannot be reached');
  });

  it('is never longer than a page can hold', () => {
    expect(problemOf(400, { title: 'x'.repeat(1e6) }).title).toHaveLength(2000);
  });
});

describe('the client', () => {
  it('puts an id whole into the path and nothing else', async () => {
    const asked = network(() => ({ body: {} }));
    await approve('apr-a/../b?c');
    await deny('apr-1', 'no');
    expect(asked[0]?.path).toBe('/api/v1/approvals/apr-a/../b?c:approve');
    expect(asked[0]?.search.size).toBe(0);
    expect(asked[1]).toMatchObject({ method: 'POST', path: '/api/v1/approvals/apr-1:deny', body: { reason: 'no' } });
  });

  it('says that it could not read an answer that is not JSON', async () => {
    vi.stubGlobal('fetch', async () => new Response('<html>', { status: 200, headers: { 'content-type': 'text/html' } }));
    await expect(whoami()).rejects.toMatchObject({ title: 'The answer could not be read' });
  });
});

describe('signed out', () => {
  const out = { status: 401, body: { type: 'urn:countersign:problem:unauthenticated', title: 'Signed out' } };

  it('links the people of the demo where there are any', async () => {
    network(({ path }) =>
      path === '/demo/people' ? { body: [{ name: 'bob', groups: ['approvers'], what: 'approves' }] } : out,
    );
    render(<App />);
    expect((await screen.findByRole('link', { name: 'bob' })).getAttribute('href')).toBe('/demo/as/bob');
  });

  it('names the way in where there is no demo', async () => {
    network(({ path }) => (path.startsWith('/demo') ? undefined : out));
    render(<App />);
    expect(await screen.findByText('countersign login')).toBeTruthy();
    expect(screen.queryByText(/People of the demo/)).toBeNull();
  });
});

describe('a change', () => {
  it('is read, and anything else means to look again', () => {
    expect(read('{"view":"approvals","id":"a","session":"s"}')).toEqual({ view: 'approvals', id: 'a', session: 's' });
    expect(read('not json')).toBeNull();
    expect(read('null')).toBeNull();
  });
});

describe('a notice', () => {
  it('is understood as words, as names and as letters of the protocol', () => {
    expect(wordsOf('plain').message).toBe('plain');
    expect(wordsOf({ severity: 'ERROR', sqlstate: '42501', message: 'no', hint: 'ask' })).toEqual({
      severity: 'ERROR', code: '42501', message: 'no', more: [{ name: 'Hint', text: 'ask' }],
    });
    expect(wordsOf({ S: 'NOTICE', C: '00000', M: 'hello', D: 'why' })).toEqual({
      severity: 'NOTICE', code: '00000', message: 'hello', more: [{ name: 'Detail', text: 'why' }],
    });
  });
});
