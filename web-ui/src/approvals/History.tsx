import { approvals } from '../api/client';
import { useChanges } from '../api/changes';
import { useLoad } from '../api/load';
import type { ApprovalView } from '../api/views';
import { go } from '../router';
import { ChainLine } from '../shell/Chain';
import { Failure } from '../shell/Failure';
import { Icon } from '../shell/Icon';
import { Link } from '../shell/Link';
import { Paging } from '../shell/Paging';
import { local, utc } from '../text/time';
import { Inline } from '../text/Text';
import { outcome } from './words';

const STATES = ['used', 'approved', 'modified', 'denied', 'expired', 'withdrawn', 'pending'];

/** All approvals, newest first, by how they stand. */
export function History({ parameters }: { parameters: URLSearchParams }) {
  const state = parameters.get('state') ?? 'all';
  const cursor = parameters.get('cursor') ?? '';
  const { data, problem, loading, reload } = useLoad(`history ${state} ${cursor}`, (signal) =>
    approvals(
      {
        limit: '50',
        ...(STATES.includes(state) ? { state } : {}),
        ...(cursor === '' ? {} : { cursor }),
      },
      signal,
    ),
  );
  useChanges((changed) => changed.view === 'approvals', reload, 1000);
  return (
    <>
      <form className="filters" role="search">
        <label>
          How it stands{' '}
          <select
            value={state}
            onChange={(event) => go(`/approvals?state=${event.target.value}`, 'replace')}
          >
            <option value="all">everything</option>
            {STATES.map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </select>
        </label>
      </form>
      {problem !== null && <Failure problem={problem} retry={reload} />}
      {data === null && loading && <p className="muted">Loading…</p>}
      {data !== null && (
        <>
          <div className="scroll" tabIndex={0} role="region" aria-label="History of approvals">
            <table className="list">
              <caption>Approvals, newest first</caption>
              <thead>
                <tr>
                  <th scope="col">Asked</th>
                  <th scope="col">How it stands</th>
                  <th scope="col">Who asks</th>
                  <th scope="col">On</th>
                  <th scope="col">What</th>
                </tr>
              </thead>
              <tbody>
                {data.items.map((view) => (
                  <HistoryRow key={view.id} view={view} />
                ))}
              </tbody>
            </table>
          </div>
          {data.items.length === 0 && <p className="empty">Nothing of that kind.</p>}
          <Paging
            first={cursor === '' ? null : `/approvals?state=${state}`}
            next={
              data.next == null
                ? null
                : `/approvals?state=${state}&cursor=${encodeURIComponent(data.next)}`
            }
          />
        </>
      )}
    </>
  );
}

function HistoryRow({ view }: { view: ApprovalView }) {
  const stands = outcome(view);
  return (
    <tr>
      <td>
        <time dateTime={view.requestedAt} title={utc(view.requestedAt)}>
          {local(view.requestedAt)}
        </time>
      </td>
      <td>
        <span className={`tone-${stands.tone}`}>
          <Icon name={stands.icon} /> {stands.word}
        </span>
        {view.answers.length > 0 && (
          <>
            {' '}
            <span className="muted">
              <Inline text={view.answers.map((one) => `${one.kind} by ${one.by}`).join(', ')} />
            </span>
          </>
        )}
      </td>
      <td>
        <ChainLine names={view.chain} />
      </td>
      <td>
        <Inline text={view.target} most={80} />
      </td>
      <td className="what">
        <Link to={`/approvals/${encodeURIComponent(view.id)}`}>
          <code className="brief">{brief(view.text) || view.id}</code>
        </Link>
      </td>
    </tr>
  );
}

/** The start of a text for a list: hidden characters become a mark, so that nothing can reorder. */
export function brief(text: string, most = 110): string {
  const flat = text
    .slice(0, most * 4)
    .replace(/\s+/g, ' ')
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\u25a1')
    .trim();
  return flat.length > most || text.length > most * 4 ? `${[...flat].slice(0, most).join('')}…` : flat;
}
