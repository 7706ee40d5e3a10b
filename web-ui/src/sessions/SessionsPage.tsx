import { useId, type FormEvent } from 'react';
import { sessions } from '../api/client';
import { useChanges } from '../api/changes';
import { useLoad } from '../api/load';
import type { SessionView } from '../api/views';
import { go } from '../router';
import { ChainLine } from '../shell/Chain';
import { Failure } from '../shell/Failure';
import { Heading } from '../shell/Heading';
import { Link } from '../shell/Link';
import { Paging } from '../shell/Paging';
import { duration, local, utc } from '../text/time';
import { count, Inline } from '../text/Text';
import { SessionState } from './SessionState';

const FILTERS = ['state', 'principal', 'target'] as const;
const LIMIT = '50';

/** Who talked to what, newest first. */
export function SessionsPage({ search }: { search: string }) {
  const parameters = new URLSearchParams(search);
  const filter: Record<string, string> = { limit: LIMIT };
  for (const name of [...FILTERS, 'cursor']) {
    const value = parameters.get(name);
    if (value !== null && value !== '') {
      filter[name] = value;
    }
  }
  const { data, problem, loading, reload } = useLoad(`sessions ${JSON.stringify(filter)}`, (stop) =>
    sessions(filter, stop),
  );
  useChanges((changed) => changed.view === 'sessions', reload, 1000);
  return (
    <>
      <Heading title="Sessions">Sessions</Heading>
      <Filters key={search} parameters={parameters} />
      {problem !== null && <Failure problem={problem} retry={reload} />}
      {data === null && loading && <p className="muted">Loading…</p>}
      {data !== null && (
        <>
          <div className="scroll" tabIndex={0} role="region" aria-label="List of sessions">
            <table className="list">
              <caption>Sessions, newest first</caption>
              <thead>
                <tr>
                  <th scope="col">Opened</th>
                  <th scope="col">State</th>
                  <th scope="col">Who</th>
                  <th scope="col">Target</th>
                  <th scope="col">Lasted</th>
                  <th scope="col" className="number">
                    Operations
                  </th>
                  <th scope="col" className="number">
                    Held
                  </th>
                  <th scope="col" className="number">
                    Blocked
                  </th>
                  <th scope="col">
                    <span className="unseen">Open</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {data.items.map((session) => (
                  <SessionRow key={session.id} session={session} />
                ))}
              </tbody>
            </table>
          </div>
          {data.items.length === 0 && (
            <p className="empty">
              {Object.keys(filter).length > 1 ? 'No session fits.' : 'No session yet.'}
            </p>
          )}
          <Paging
            first={filter['cursor'] === undefined ? null : page(parameters, null)}
            next={data.next == null ? null : page(parameters, data.next)}
          />
        </>
      )}
    </>
  );
}

function SessionRow({ session }: { session: SessionView }) {
  const to = `/sessions/${encodeURIComponent(session.id)}`;
  const lasted =
    session.closedAt == null
      ? null
      : (Date.parse(session.closedAt) - Date.parse(session.openedAt)) * 1000;
  return (
    <tr className={session.state === 'interrupted' ? 'interrupted' : undefined}>
      <td>
        <time dateTime={session.openedAt} title={utc(session.openedAt)}>
          {local(session.openedAt)}
        </time>
      </td>
      <td>
        <SessionState session={session} />
      </td>
      <td>
        <ChainLine names={session.chain} />
      </td>
      <td>
        {session.erasedAt == null && <Inline text={session.target} most={80} />}
        {session.database !== '' && session.database !== session.target && (
          <span className="muted">
            {' '}
            / <Inline text={session.database} most={80} />
          </span>
        )}
      </td>
      <td>{lasted === null ? <span className="muted">–</span> : duration(lasted)}</td>
      <td className="number">{count(session.operations)}</td>
      <td className="number">{session.held === 0 ? '0' : <strong>{count(session.held)}</strong>}</td>
      <td className="number">
        {session.blocked === 0 ? '0' : <strong>{count(session.blocked)}</strong>}
      </td>
      <td>
        <Link to={to} aria-label={
            session.erasedAt == null
              ? `Open session of ${session.principal} on ${session.target}`
              : `Open erased session ${session.id}`
          }
        >
          Open
        </Link>
      </td>
    </tr>
  );
}

function Filters({ parameters }: { parameters: URLSearchParams }) {
  const id = useId();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const wanted = new URLSearchParams();
    for (const name of FILTERS) {
      const value = String(form.get(name) ?? '').trim();
      if (value !== '') {
        wanted.set(name, value);
      }
    }
    const search = wanted.toString();
    go(search === '' ? '/sessions' : `/sessions?${search}`);
  };
  return (
    <form className="filters" role="search" aria-label="Sessions" onSubmit={submit}>
      <label htmlFor={`${id}-state`}>State</label>
      <select id={`${id}-state`} name="state" defaultValue={parameters.get('state') ?? ''}>
        <option value="">any</option>
        <option value="open">open</option>
        <option value="closed">closed</option>
        <option value="interrupted">interrupted</option>
      </select>
      <label htmlFor={`${id}-principal`}>Who</label>
      <input
        id={`${id}-principal`}
        name="principal"
        defaultValue={parameters.get('principal') ?? ''}
        placeholder="agent-ada"
        autoComplete="off"
      />
      <label htmlFor={`${id}-target`}>Target</label>
      <input
        id={`${id}-target`}
        name="target"
        defaultValue={parameters.get('target') ?? ''}
        placeholder="orders"
        autoComplete="off"
      />
      <button type="submit">Filter</button>
    </form>
  );
}

function page(parameters: URLSearchParams, cursor: string | null): string {
  const wanted = new URLSearchParams(parameters);
  wanted.delete('cursor');
  if (cursor !== null) {
    wanted.set('cursor', cursor);
  }
  const search = wanted.toString();
  return search === '' ? '/sessions' : `/sessions?${search}`;
}
