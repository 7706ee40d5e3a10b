import { act, cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { App } from '../src/App';
import type { Exchange, OperationView, SessionView, Whoami } from '../src/api/views';
import { Changes, exchange, network, operation, person, session, type Asked } from './network';

let shown: SessionView;
let exchanges: Exchange[];
let operations: OperationView[];
let purposes: boolean;
let me: Whoami;
let asked: Asked[];

beforeEach(() => {
  Changes.install();
  vi.spyOn(window, 'requestAnimationFrame').mockReturnValue(1);
  shown = session();
  exchanges = [
    exchange(),
    exchange({
      index: 1,
      operation: 'operation-1',
      micros: 2_000_000,
      endMicros: 44_000_000,
      text: 'delete from payments where id = 1;',
      columns: [],
      rows: [],
      rowCount: 0,
      notices: [{ severity: 'NOTICE', code: '00000', message: 'countersign: held apr-1 until 2026-11-21T02:15:00Z', hint: 'http://localhost/approvals/apr-1' }],
      tag: 'DELETE 1',
    }),
    exchange({
      index: 2,
      operation: 'operation-2',
      micros: 45_000_000,
      endMicros: 45_100_000,
      text: 'selct 1;',
      columns: [],
      rows: [],
      rowCount: 0,
      error: { severity: 'ERROR', sqlstate: '42601', message: 'syntax error at or near "selct"' },
      tag: null,
    }),
  ];
  operations = [
    operation(),
    operation({ id: 'operation-1', seq: 3, decision: 'held', text: 'delete from payments where id = 1;', approval: 'apr-1', tag: 'DELETE 1' }),
    operation({ id: 'operation-2', seq: 5, text: 'selct 1;', state: 'error', status: '42601', tag: null }),
  ];
  purposes = false;
  me = person();
  window.history.replaceState(null, '', '/sessions/session-1');
  asked = network(({ path, search }) => {
    if (path === '/api/v1/whoami') return { body: me };
    if (path === '/api/v1/lag') return { body: { head: 10, seen: 10 } };
    if (path === '/api/v1/approvals') return { body: { items: [], next: null } };
    if (path.startsWith('/api/v1/sessions/session-1:') || path === '/api/v1/sessions/session-1') return { body: shown };
    const content = /^\/api\/v1\/sessions\/session-1\/(operations|timeline)$/.exec(path)?.[1];
    if (content === undefined) return undefined;
    if (purposes && !search.get('purpose')) {
      return content === 'timeline'
        ? { status: 403, body: { type: 'urn:countersign:problem:purposeRequired', title: 'A purpose is needed' } }
        : { body: { items: operations.map((one) => ({ ...one, text: '', binds: [] })), next: null } };
    }
    const from = Number(search.get('cursor') ?? 0);
    const all: unknown[] = content === 'timeline' ? exchanges : operations;
    const limit = Number(search.get('limit'));
    return { body: { items: all.slice(from, from + limit), next: from + limit < all.length ? String(from + limit) : null } };
  });
});

afterEach(cleanup);

const timeline = () => screen.findByRole('list', { name: 'Timeline of statements' });
const scrubber = () => screen.getByRole<HTMLInputElement>('slider', { name: 'Position' });

describe('the replay', () => {
  it('shows the rows as the caller saw them when a statement is chosen', async () => {
    exchanges[0] = exchange({
      columns: [{ name: 'id', type: 'int4' }, { name: 'na\u202eme', type: 'text' }],
      rows: [['1', 'Ada'], ['2', null], ['3', '<b>x</b>\u0007']],
      rowCount: 3,
    });
    render(<App />);
    fireEvent.click(within(await timeline()).getAllByRole('button')[0] as HTMLElement);
    const table = screen.getByRole('table', { name: 'Rows' });
    expect(within(table).getAllByRole('columnheader').map((one) => one.textContent)).toEqual(['idint4', 'naRLOmetext']);
    expect(within(table).getAllByTestId('replay-row').map((one) => one.textContent)).toEqual(['1Ada', '2NULL', '3<b>x</b>BEL']);
  });

  it('says what is left out of a large result and where the bytes are', async () => {
    exchanges[0] = exchange({ rows: Array.from({ length: 200 }, (_, i) => [String(i)]), rowCount: 10_000, truncated: true });
    render(<App />);
    fireEvent.click(within(await timeline()).getAllByRole('button')[0] as HTMLElement);
    expect(screen.getByText(/50 of 10,000 rows shown/)).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Show 200' }));
    expect(screen.getAllByTestId('replay-row')).toHaveLength(200);
    expect(screen.getByText(/200 of 10,000 rows shown/)).toBeTruthy();
    expect(screen.getByRole('link', { name: 'download the bytes' }).getAttribute('href')).toBe(
      '/api/v1/sessions/session-1/recording?direction=out',
    );
  });

  it('has a scrubber that says the place in words', async () => {
    render(<App />);
    await timeline();
    expect(scrubber().getAttribute('aria-valuetext')).toBe('0:00.000, statement before the first of 3');
    fireEvent.change(scrubber(), { target: { value: '2500000' } });
    expect(scrubber().getAttribute('aria-valuetext')).toBe('0:02.500, statement 2 of 3');
  });

  it('moves by a visible step with the arrow keys', async () => {
    render(<App />);
    await timeline();
    fireEvent.keyDown(scrubber(), { key: 'ArrowRight' });
    expect(scrubber().getAttribute('aria-valuetext')).toContain('0:00.902');
    fireEvent.keyDown(scrubber(), { key: 'ArrowLeft' });
    fireEvent.keyDown(scrubber(), { key: 'ArrowLeft' });
    expect(scrubber().getAttribute('aria-valuetext')).toContain('0:00.000');
  });

  it('shows the notice of a hold at once and the end only when it came', async () => {
    render(<App />);
    await timeline();
    fireEvent.change(scrubber(), { target: { value: '20000000' } });
    expect(screen.getByText(/held apr-1 until/)).toBeTruthy();
    expect(screen.getByText(/The caller waits for the answer/)).toBeTruthy();
    fireEvent.change(scrubber(), { target: { value: '44500000' } });
    expect(screen.queryByText(/The caller waits for the answer/)).toBeNull();
  });

  it('steps to the next and the previous statement', async () => {
    render(<App />);
    await timeline();
    fireEvent.click(screen.getByRole('button', { name: 'Next' }));
    fireEvent.click(screen.getByRole('button', { name: 'Next' }));
    fireEvent.click(screen.getByRole('button', { name: 'Next' }));
    expect(scrubber().getAttribute('aria-valuetext')).toBe('0:45.100, statement 3 of 3');
    expect(screen.getByText(/syntax error at or near/)).toBeTruthy();
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Next' }).disabled).toBe(true);
    fireEvent.click(screen.getByRole('button', { name: 'Previous' }));
    expect(scrubber().getAttribute('aria-valuetext')).toBe('0:44.000, statement 2 of 3');
  });

  it('plays with the time of the frames, skips idle time and stops at the end', async () => {
    const frames: FrameRequestCallback[] = [];
    vi.spyOn(window, 'requestAnimationFrame').mockImplementation((frame) => frames.push(frame));
    render(<App />);
    await timeline();
    fireEvent.click(screen.getByRole('button', { name: 'Play' }));
    const from = performance.now();
    const pass = (millis: number) => act(() => frames.pop()?.(from + millis));
    pass(1300);
    expect(scrubber().getAttribute('aria-valuetext')).toContain('statement 1 of 3');
    expect(screen.getByRole('table', { name: 'Rows' })).toBeTruthy();
    pass(10_000);
    expect(scrubber().getAttribute('aria-valuetext')).toBe('0:45.100, statement 3 of 3');
    expect(screen.getByRole('button', { name: 'Play' })).toBeTruthy();
  });

  it('loads more of a long session when asked', async () => {
    exchanges = Array.from({ length: 130 }, (_, i) => exchange({ index: i, operation: null, micros: i * 1000, endMicros: i * 1000 + 500 }));
    render(<App />);
    expect(within(await timeline()).getAllByRole('button')).toHaveLength(100);
    fireEvent.click(screen.getByRole('button', { name: 'Load more' }));
    await vi.waitFor(async () => expect(within(await timeline()).getAllByRole('button')).toHaveLength(130));
  });

  it('shows both texts of a modified statement among the operations', async () => {
    operations[1] = operation({ id: 'operation-1', seq: 4, decision: 'allowed', text: 'delete from payments where false;', replaces: 'operation-0', approval: 'apr-1' });
    render(<App />);
    const list = await screen.findByRole('region', { name: 'List of operations' });
    await within(list).findAllByText('delete from payments where false;');
    expect(list.textContent).toContain('ran in place of select 1;');
  });
});

describe('what the recording holds beside statements', () => {
  it('is shown for what it is and not counted as one', async () => {
    exchanges = [
      exchange({ index: 0, operation: null, kind: 'unasked', text: '', columns: [], rows: [], rowCount: 0, tag: '', notices: [{ severity: 'NOTICE', code: '00000', message: 'welcome' }] }),
      exchange({ index: 1, micros: 2_000_000, endMicros: 2_100_000, text: 'select 1; select 2;' }),
      exchange({ index: 2, micros: 2_000_000, endMicros: 2_200_000, text: '', rows: [['2']] }),
    ];
    render(<App />);
    const list = await timeline();
    expect(list.textContent).toContain('said without being asked');
    expect(list.textContent).toContain('a further result of the same text');
    fireEvent.click(within(list).getAllByRole('button')[2] as HTMLElement);
    expect(scrubber().getAttribute('aria-valuetext')).toBe('0:02.200, statement 2 of 2');
    expect(screen.getByTestId('replay-row').textContent).toBe('2');
  });

  it('is no answer when none came, and rows without a description when none was asked for', async () => {
    exchanges = [exchange({ columns: [], rows: [['7', 'x']] }), exchange({ index: 1, micros: 3_000_000, endMicros: -1, columns: [], rows: [] })];
    render(<App />);
    const list = await timeline();
    fireEvent.click(within(list).getAllByRole('button')[0] as HTMLElement);
    expect(screen.getAllByRole('columnheader').map((one) => one.textContent)).toContain('column 2');
    fireEvent.click(within(list).getAllByRole('button')[1] as HTMLElement);
    expect(screen.getByText('No answer is in the recording.')).toBeTruthy();
  });

  it('is looked at again only while the session is open, and once more when it has closed', async () => {
    const looks = () => asked.filter((one) => one.path.endsWith('/timeline')).length;
    vi.useFakeTimers({ shouldAdvanceTime: true, advanceTimeDelta: 20 });
    try {
      shown = session({ state: 'open', closedAt: null });
      render(<App />);
      await timeline();
      expect(looks()).toBe(1);
      for (let i = 0; i < 5; i++) {
        act(() => Changes.say('segments', String(i), 'session-1'));
      }
      await act(() => vi.advanceTimersByTimeAsync(1100));
      expect(looks()).toBe(2);
      shown = session();
      act(() => Changes.say('sessions', 'session-1', 'session-1'));
      await act(() => vi.advanceTimersByTimeAsync(700));
      await act(() => vi.advanceTimersByTimeAsync(1100));
      expect(looks()).toBe(3);
      act(() => Changes.say('operations', 'operation-9', 'session-1'));
      act(() => Changes.say('segments', '9', 'session-1'));
      expect(Changes.all.map((one) => one.url)).toEqual(['/api/v1/changes']);
      await act(() => vi.advanceTimersByTimeAsync(1100));
      expect(looks()).toBe(3);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('a session', () => {
  it('that was interrupted says its gap before anything else', async () => {
    shown = session({ state: 'interrupted', gapFrom: 40_960, gapAt: '2026-11-21T02:00:30Z' });
    render(<App />);
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('This recording has a gap');
    expect(alert.textContent).toContain('40,960');
  });

  it('that was erased says so and shows nothing else', async () => {
    shown = session({
      state: 'erased',
      principal: '',
      target: '',
      chain: [],
      erasedAt: '2026-11-21T03:00:00Z',
    });
    render(<App />);
    await screen.findByText('This session was erased');
    expect(screen.queryByText('Recording')).toBeNull();
    expect(asked.some((one) => one.path.includes('/recording'))).toBe(false);
  });

  it('is ended by a responder with a reason, after a second step', async () => {
    shown = session({ state: 'open', closedAt: null });
    me = person({ name: 'frank', groups: ['responders'], powers: ['respond'] });
    render(<App />);
    fireEvent.click(await screen.findByRole('button', { name: 'End session' }));
    const confirm = screen.getByRole<HTMLButtonElement>('button', { name: 'Confirm end of session' });
    expect(confirm.disabled).toBe(true);
    fireEvent.change(screen.getByLabelText('Why this session ends'), { target: { value: 'case 12' } });
    fireEvent.click(confirm);
    await screen.findByText(/The edge was told/);
    expect(asked.filter((one) => one.method === 'POST')).toMatchObject([
      { path: '/api/v1/sessions/session-1:terminate', body: { reason: 'case 12' } },
    ]);
  });

  it('offers its end to nobody else', async () => {
    shown = session({ state: 'open', closedAt: null });
    render(<App />);
    await timeline();
    expect(screen.queryByRole('button', { name: 'End session' })).toBeNull();
  });

  it('asks for a purpose before its content, and sends it with every question for content', async () => {
    purposes = true;
    render(<App />);
    const purpose = await screen.findByLabelText('Purpose');
    expect(screen.queryByText('select 1;')).toBeNull();
    expect(screen.getByRole('region', { name: 'List of operations' }).textContent).toContain('its text is closed');
    fireEvent.change(purpose, { target: { value: 'case 12' } });
    fireEvent.click(screen.getByRole('button', { name: 'Open the content' }));
    await timeline();
    const opened = asked.filter((one) => one.search.has('purpose'));
    expect(new Set(opened.map((one) => one.path))).toEqual(
      new Set(['/api/v1/sessions/session-1/timeline', '/api/v1/sessions/session-1/operations']),
    );
    expect(opened.every((one) => one.search.get('purpose') === 'case 12')).toBe(true);
    expect(screen.getByRole('link', { name: /to the caller/ }).getAttribute('href')).toContain('purpose=case+12');
  });
});
