import { act, cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { App } from '../src/App';
import { merge } from '../src/approvals/queue';
import type { ApprovalView, Whoami } from '../src/api/views';
import { Changes, network, person, request, type Asked } from './network';

let pending: ApprovalView[];
let asked: Asked[];
let me: Whoami;
let refusal: { status: number; body: unknown } | null;
let slow: boolean;
let integrity: { state: string; problems: unknown[] };

beforeEach(() => {
  Changes.install();
  pending = [request()];
  me = person();
  refusal = null;
  slow = false;
  integrity = { state: 'ok', problems: [] };
  window.history.replaceState(null, '', '/approvals');
  asked = network(({ method, path, search, body }) => {
    if (path === '/api/v1/whoami') return { body: me };
    if (path === '/api/v1/integrity') return { body: integrity };
    if (path === '/api/v1/lag') return { body: { head: 12, seen: 10 } };
    if (method === 'POST' && refusal !== null) return refusal;
    if (path === '/api/v1/approvals') {
      return { body: { items: pending.filter((one) => one.state === 'pending'), next: null } };
    }
    const [, id = '', what] = /^\/api\/v1\/approvals\/([^:]+):?(\w*)$/.exec(path) ?? [];
    const one = pending.find((view) => view.id === id);
    if (one === undefined) return undefined;
    const answer = (kind: string, reason = '') => [{ by: me.name, kind, reason, at: '2026-11-21T02:01:00Z' }];
    if (what === 'approve') Object.assign(one, { state: 'approved', answers: answer('approved') });
    if (what === 'deny') {
      Object.assign(one, { state: 'denied', answers: answer('denied', (body as { reason: string }).reason) });
    }
    if (what === 'modify') {
      Object.assign(one, { state: 'modified', modifiedText: (body as { text: string }).text, answers: answer('modified') });
    }
    if (method === 'GET' && me.powers.includes('audit') && search.get('purpose') === null) {
      return { body: { ...one, text: '', binds: [], statedReason: '', modifiedText: null } };
    }
    return { body: slow && method === 'POST' ? request() : { ...one } };
  });
});

afterEach(cleanup);

const posts = () => asked.filter((one) => one.method === 'POST');
const row = async (id = 'apr-k7m2xw4c8tn5rbjx') => screen.findByTestId(`approval-${id}`);

describe('the record', () => {
  it('is not mentioned while it is what was signed', async () => {
    render(<App />);
    await row();
    expect(screen.queryByText(/not what was signed/)).toBeNull();
  });

  it('has a banner on the page while it is not, with what is wrong for who may know', async () => {
    const words = 'event 7 (OperationDecided) was changed';
    integrity = { state: 'problem', problems: [{ kind: 'edited', position: 7, words, at: '' }] };
    render(<App />);
    const banner = await screen.findByRole('alert');
    expect(banner.textContent).toContain('The record is not what was signed.');
    expect(banner.textContent).toContain(`position 7: ${words}`);
  });
});

describe('the queue', () => {
  it('shows everything an approver needs', async () => {
    render(<App />);
    const text = (await row()).textContent ?? '';
    for (const needed of [
      'delete from payments where id = 1;',
      'alice',
      'agent-ada',
      'verified',
      'orders',
      'role app',
      'change',
      'destroy',
      'ai-readonly/2',
      'changes by agents wait',
      'duplicate charge',
      'stated by the caller',
      'UTC',
      'One answer needed, from approvers',
    ]) {
      expect(text).toContain(needed);
    }
    expect(screen.getByText(/2 events behind/)).toBeTruthy();
  });

  it('approves only after a second step, and says what came of it where the focus is', async () => {
    render(<App />);
    await row();
    fireEvent.click(screen.getByRole('button', { name: 'Approve' }));
    expect(posts()).toHaveLength(0);
    fireEvent.click(screen.getByRole('button', { name: 'Confirm approval' }));
    await screen.findByText(/Approved by bob/);
    expect(posts().map((one) => one.path)).toEqual(['/api/v1/approvals/apr-k7m2xw4c8tn5rbjx:approve']);
    expect(document.activeElement?.textContent).toContain('Approved by bob');
    expect(screen.queryByRole('button', { name: 'Approve' })).toBeNull();
    expect(screen.getByRole('link', { name: 'Open session' }).getAttribute('href')).toBe('/sessions/session-1');
  });

  it('sends an approval once, however often it is confirmed', async () => {
    render(<App />);
    await row();
    fireEvent.click(screen.getByRole('button', { name: 'Approve' }));
    const confirm = screen.getByRole('button', { name: 'Confirm approval' });
    fireEvent.click(confirm);
    fireEvent.click(confirm);
    await screen.findByText(/Approved by bob/);
    expect(posts()).toHaveLength(1);
  });

  it('denies with a reason and never without', async () => {
    render(<App />);
    await row();
    fireEvent.click(screen.getByRole('button', { name: 'Deny' }));
    const confirm = screen.getByRole<HTMLButtonElement>('button', { name: 'Confirm denial' });
    expect(confirm.disabled).toBe(true);
    fireEvent.change(screen.getByLabelText('Reason'), { target: { value: '   ' } });
    expect(confirm.disabled).toBe(true);
    fireEvent.change(screen.getByLabelText('Reason'), { target: { value: ' no ticket ' } });
    fireEvent.click(confirm);
    await screen.findByText('Denied by bob: no ticket');
    expect(posts()[0]?.body).toEqual({ reason: 'no ticket' });
  });

  it('modifies to exactly the new text, after showing what is different', async () => {
    render(<App />);
    await row();
    fireEvent.click(screen.getByRole('button', { name: 'Modify' }));
    const confirm = screen.getByRole<HTMLButtonElement>('button', { name: 'Confirm modification' });
    expect(confirm.disabled).toBe(true);
    const text = 'delete from payments where id = 1 and refunded;';
    fireEvent.change(screen.getByLabelText('New text of the statement'), { target: { value: text } });
    const comparison = screen.getByRole('group', { name: 'Comparison' });
    expect(comparison.querySelector('ins')?.textContent).toContain('and refunded');
    fireEvent.click(confirm);
    await screen.findByText(/Modified by bob/);
    expect(posts()[0]?.body).toEqual({ text });
  });

  it('shows what it would touch, and what nobody verified as stated', async () => {
    pending = [
      request({
        context: {
          ticket: 'OPS-4711',
          relations: ['public.payments'],
          everyRow: ['payments'],
          rowsEstimated: 1200,
          plan: 'Seq Scan on payments',
        },
      }),
    ];
    render(<App />);
    const text = (await row()).textContent;
    expect(text).toContain('OPS-4711 stated by the caller');
    expect(text).toContain('every row of payments');
    expect(text).toContain('about 1,200');
    expect(text).toContain('Seq Scan on payments');
  });

  it('offers no modification where it cannot be made', async () => {
    pending = [request({ modifiable: false })];
    render(<App />);
    await row();
    expect(screen.queryByRole('button', { name: 'Modify' })).toBeNull();
  });

  it('offers no answer to who asks, and says why', async () => {
    me = person({ name: 'alice', chain: ['alice'], groups: ['engineers', 'approvers'] });
    render(<App />);
    expect((await row()).textContent).toContain('It is your own request');
    expect(screen.queryByRole('button', { name: 'Approve' })).toBeNull();
    expect(screen.getByRole('button', { name: 'Withdraw' })).toBeTruthy();
  });

  it('says that an answer is recorded when the list does not show it yet, and offers no second one', async () => {
    slow = true;
    render(<App />);
    await row();
    fireEvent.click(screen.getByRole('button', { name: 'Approve' }));
    fireEvent.click(screen.getByRole('button', { name: 'Confirm approval' }));
    await screen.findByText(/Your answer is recorded/);
    expect(screen.queryByRole('button', { name: 'Approve' })).toBeNull();
    act(() => Changes.say('approvals', 'apr-k7m2xw4c8tn5rbjx', 'session-1'));
    await screen.findByText(/Approved by bob/);
  });

  it('says a refusal in its words and keeps the form', async () => {
    refusal = {
      status: 409,
      body: { type: 'urn:countersign:problem:ended', title: 'It has ended', detail: 'withdrawn: disconnected' },
    };
    render(<App />);
    await row();
    fireEvent.click(screen.getByRole('button', { name: 'Approve' }));
    fireEvent.click(screen.getByRole('button', { name: 'Confirm approval' }));
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('It has ended');
    expect(alert.textContent).toContain('withdrawn: disconnected');
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Confirm approval' }).disabled).toBe(false);
  });

  it('gives the focus back to the button when a form is left with Escape', async () => {
    render(<App />);
    await row();
    fireEvent.click(screen.getByRole('button', { name: 'Deny' }));
    expect(document.activeElement?.tagName).toBe('TEXTAREA');
    fireEvent.keyDown(document.activeElement ?? document.body, { key: 'Escape' });
    expect(document.activeElement?.textContent).toBe('Deny');
    expect(posts()).toHaveLength(0);
  });

  it('adds what arrives below, keeps the focus, and tells a voice', async () => {
    render(<App />);
    await row();
    const approve = screen.getByRole('button', { name: 'Approve' });
    approve.focus();
    pending = [request({ id: 'apr-second2345678', principal: 'agent-bot', requestedAt: '2026-11-21T01:00:00Z' }), ...pending];
    act(() => Changes.say('approvals', 'apr-second2345678', 'session-1'));
    await row('apr-second2345678');
    const ids = [...document.querySelectorAll('[data-testid^="approval-"]')].map((one) => one.getAttribute('data-testid'));
    expect(ids).toEqual(['approval-apr-k7m2xw4c8tn5rbjx', 'approval-apr-second2345678']);
    expect(document.activeElement).toBe(approve);
    await waitFor(() => expect(screen.getByRole('status').textContent).toContain('agent-bot on orders'));
  });

  it('keeps a request that ends elsewhere, with its outcome and without its buttons', async () => {
    render(<App />);
    await row();
    pending = [request({ state: 'withdrawn' })];
    act(() => Changes.say('approvals', 'apr-k7m2xw4c8tn5rbjx', 'session-1'));
    await screen.findByText('Taken back before it ran.');
    expect(screen.queryByRole('button', { name: 'Approve' })).toBeNull();
    fireEvent.click(screen.getByRole('button', { name: 'Clear away what has ended' }));
    expect(await screen.findByText('Nothing waits.')).toBeTruthy();
  });

  it('does not let somebody answer a text that was changed while they looked', async () => {
    render(<App />);
    await row();
    fireEvent.click(screen.getByRole('button', { name: 'Approve' }));
    pending = [request({ modifiedText: 'delete from payments;', answers: [{ by: 'carol', kind: 'modified', reason: '', at: '2026-11-21T02:01:00Z' }], quorum: 2 })];
    act(() => Changes.say('approvals', 'apr-k7m2xw4c8tn5rbjx', 'session-1'));
    await screen.findByText(/Somebody modified the statement/);
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Confirm approval' }).disabled).toBe(true);
  });

  it('looks by itself when the stream breaks', async () => {
    render(<App />);
    await row();
    act(() => Changes.fail());
    expect(await screen.findByText(/looking every 4 s/)).toBeTruthy();
  });
});

describe('one request', () => {
  it('opens its text to an auditor for a purpose', async () => {
    me = person({ name: 'dana', chain: ['dana'], groups: ['compliance'], powers: ['audit'] });
    window.history.replaceState(null, '', '/approvals/apr-k7m2xw4c8tn5rbjx');
    render(<App />);
    expect((await row()).textContent).toContain('closed to you');
    expect(screen.queryByRole('button', { name: 'Approve' })).toBeNull();
    fireEvent.change(screen.getByLabelText('Purpose'), { target: { value: 'case 12' } });
    fireEvent.click(screen.getByRole('button', { name: 'Open the content' }));
    expect((await screen.findByTestId('statement')).textContent).toBe('delete from payments where id = 1;');
    expect(asked.at(-1)?.search.get('purpose') ?? asked.find((one) => one.search.has('purpose'))?.search.get('purpose')).toBe('case 12');
  });

  it('that is not there says so', async () => {
    window.history.replaceState(null, '', '/approvals/apr-nosuchthing');
    render(<App />);
    expect((await screen.findByRole('alert')).textContent).toContain('There is no such thing');
  });
});

describe('hostile text', () => {
  it('is shown as text, with everything unseen marked', async () => {
    pending = [
      request({
        text: '<img src=x onerror=alert(1)>\u202e\u0000\u001b[2J',
        statedReason: '<script>alert(1)</script>\u2066',
        binds: ['\u200b', null],
        target: 'ord\u202eers',
      }),
    ];
    render(<App />);
    const shown = await row();
    expect(shown.querySelector('img, script')).toBeNull();
    expect(screen.getByTestId('statement').textContent).toBe('<img src=x onerror=alert(1)>RLONULESC[2J');
    expect(shown.textContent).not.toMatch(/[\u0000-\u0008\u200b\u202e\u2066]/);
    expect(shown.textContent).toContain('Look twice: 3 hidden characters');
  });

  it('that is very long is folded, says how much, and unfolds whole', async () => {
    const text = `select '${'x'.repeat(100_000)}'; delete from payments;`;
    pending = [request({ text })];
    render(<App />);
    const shown = await row();
    expect(shown.textContent).toContain('delete from payments;');
    expect(shown.textContent).toContain('characters are folded away here');
    expect((shown.textContent ?? '').length).toBeLessThan(20_000);
    fireEvent.click(within(shown).getByRole('button', { name: 'Unfold' }));
    expect(shown.textContent).toContain(text.slice(0, 50_000));
  });
});

describe('merging what is pending into what is shown', () => {
  it('moves nothing, appends oldest first and names what is gone', () => {
    const shown = [request({ id: 'apr-b' }), request({ id: 'apr-a', state: 'denied' })];
    const now = [
      request({ id: 'apr-d', requestedAt: '2026-11-21T04:00:00Z' }),
      request({ id: 'apr-c', requestedAt: '2026-11-21T03:00:00Z' }),
    ];
    const merged = merge(shown, now);
    expect(merged.rows.map((one) => one.id)).toEqual(['apr-b', 'apr-a', 'apr-c', 'apr-d']);
    expect(merged.gone).toEqual(['apr-b']);
  });
});
