import { Heading } from '../shell/Heading';
import { Failure } from '../shell/Failure';
import { Link } from '../shell/Link';
import { ApprovalTable } from './ApprovalTable';
import { History } from './History';
import type { Queue } from './queue';

/** What waits for an answer, and what was answered. */
export function ApprovalsPage({ queue, search }: { queue: Queue; search: string }) {
  const parameters = new URLSearchParams(search);
  const history = parameters.has('state');
  const title = queue.waiting > 0 ? `(${queue.waiting}) Approvals` : 'Approvals';
  return (
    <>
      <Heading title={title}>Approvals</Heading>
      <nav className="tabs" aria-label="Approvals">
        <Link to="/approvals" aria-current={history ? undefined : 'page'}>
          Waiting
        </Link>
        <Link to="/approvals?state=all" aria-current={history ? 'page' : undefined}>
          History
        </Link>
      </nav>
      {history ? <History parameters={parameters} /> : <Waiting queue={queue} />}
    </>
  );
}

function Waiting({ queue }: { queue: Queue }) {
  const ended = queue.rows.length - queue.waiting;
  return (
    <>
      <p className="unseen" role="status" aria-live="polite">
        {queue.news}
      </p>
      {queue.problem !== null && <Failure problem={queue.problem} retry={queue.reload} />}
      {queue.more && (
        <p className="note">More wait than are listed here: answer these first.</p>
      )}
      {queue.rows.length > 0 && (
        <ApprovalTable
          rows={queue.rows}
          caption={queue.waiting === 1 ? '1 request waits' : `${queue.waiting} requests wait`}
          onChange={queue.put}
        />
      )}
      {ended > 0 && (
        <p>
          <button type="button" onClick={queue.clearEnded}>
            Clear away what has ended
          </button>
        </p>
      )}
      {queue.rows.length === 0 && queue.loaded && (
        <div className="empty">
          <p>Nothing waits.</p>
          <p className="muted">
            A request appears here by itself as soon as somebody asks for something that needs a
            second person. This page need not be loaded again.
          </p>
        </div>
      )}
      {!queue.loaded && queue.problem === null && <p className="muted">Loading what waits…</p>}
    </>
  );
}
