import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { App } from '../src/App';
import type { EvidenceJob, Whoami } from '../src/api/views';
import { bundle, Changes, network, person, type Asked } from './network';

let me: Whoami;
let jobs: EvidenceJob[];
let refuse: boolean;
let asked: Asked[];

beforeEach(() => {
  Changes.install();
  me = person({ name: 'dana', chain: ['dana'], groups: ['compliance'], powers: ['audit'] });
  jobs = [];
  refuse = false;
  window.history.replaceState(null, '', '/evidence');
  asked = network(({ method, path }) => {
    if (path === '/api/v1/whoami') return { body: me };
    if (path === '/api/v1/lag') return { body: { head: 10, seen: 10 } };
    if (path === '/api/v1/approvals') return { body: { items: [], next: null } };
    if (path === '/api/v1/evidence' && method === 'POST') {
      if (refuse) {
        return { status: 400, body: { type: 'urn:countersign:problem:invalid', title: 'The request is not valid', detail: 'scope: nothing' } };
      }
      const job = bundle({ state: 'running', stage: 'events', done: 3, total: 12 });
      jobs = [job, ...jobs];
      return { status: 202, body: job };
    }
    if (path === '/api/v1/evidence') return { body: { items: jobs, next: null } };
    if (path.startsWith('/api/v1/evidence/') && method === 'DELETE') {
      jobs = jobs.map((job) => ({ ...job, state: 'expired' as const }));
      return { body: jobs[0] };
    }
    return undefined;
  });
});

afterEach(cleanup);

describe('the evidence page', () => {
  it('asks for what was typed in, with its purpose, and follows the making', async () => {
    render(<App />);
    fireEvent.change(await screen.findByLabelText('Who'), { target: { value: ' agent-ada ' } });
    fireEvent.change(screen.getByLabelText('Purpose'), { target: { value: 'yearly audit' } });
    fireEvent.click(screen.getByLabelText(/With content/));
    fireEvent.submit(screen.getByRole('form', { name: 'Make a bundle' }));

    const progress = await screen.findByRole<HTMLProgressElement>('progressbar');
    expect(progress.value).toBe(3);
    expect(progress.max).toBe(12);
    const post = asked.find((one) => one.method === 'POST');
    expect(post?.body).toEqual({ who: 'agent-ada', purpose: 'yearly audit', disclose: true });
    jobs = [bundle()];
    expect(await screen.findByRole('link', { name: /^Download/ }, { timeout: 3000 })).toBeTruthy();
  });

  it('offers what is made and says what failed', async () => {
    jobs = [bundle(), bundle({ id: 'evd-failed-00000001', state: 'failed', error: 'nothing in the log matches' })];
    render(<App />);
    const link = await screen.findByRole('link', { name: /^Download/ });
    expect(link.getAttribute('href')).toBe('/api/v1/evidence/evd-7k2m9xw4c8tn5rbj/bundle');
    expect(screen.getByText(/nothing in the log matches/)).toBeTruthy();
  });

  it('removes a bundle', async () => {
    jobs = [bundle()];
    render(<App />);
    fireEvent.click(await screen.findByRole('button', { name: /^Remove/ }));
    await waitFor(() => expect(screen.getByText('file deleted')).toBeTruthy());
  });

  it('shows why a request is refused, and keeps what was typed', async () => {
    refuse = true;
    render(<App />);
    fireEvent.change(await screen.findByLabelText('Purpose'), { target: { value: 'why' } });
    fireEvent.submit(screen.getByRole('form', { name: 'Make a bundle' }));
    expect(await screen.findByText(/scope: nothing/)).toBeTruthy();
    expect(screen.getByLabelText<HTMLInputElement>('Purpose').value).toBe('why');
  });

  it('is for auditors only', async () => {
    me = person();
    render(<App />);
    expect(await screen.findByText(/for those who may audit/)).toBeTruthy();
    expect(screen.queryByRole('link', { name: 'Evidence' })).toBeNull();
    expect(asked.some((one) => one.path === '/api/v1/evidence')).toBe(false);
  });
});
