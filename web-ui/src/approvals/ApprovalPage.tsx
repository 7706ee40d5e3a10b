import { useState } from 'react';
import { approval } from '../api/client';
import { useChanges } from '../api/changes';
import { useLoad } from '../api/load';
import { Failure } from '../shell/Failure';
import { Heading } from '../shell/Heading';
import { useIdentity } from '../shell/identity';
import { Link } from '../shell/Link';
import { Purpose } from '../shell/Purpose';
import { Inline } from '../text/Text';
import { ApprovalTable } from './ApprovalTable';
import { outcome } from './words';

/** One approval: where the link in a caller's notice leads. */
export function ApprovalPage({ id }: { id: string }) {
  const me = useIdentity();
  const [purpose, setPurpose] = useState('');
  const { data, problem, loading, reload, set } = useLoad(`approval ${id} ${purpose}`, (signal) =>
    approval(id, signal, purpose),
  );
  useChanges((changed) => changed.view === 'approvals' && changed.id === id, reload);
  return (
    <>
      <Heading title={`Approval ${id}`}>
        Approval <Inline text={id} most={60} />
      </Heading>
      <p>
        <Link to="/approvals">All that wait</Link>
      </p>
      {problem !== null && <Failure problem={problem} retry={reload} />}
      {data === null && loading && problem === null && <p className="muted">Loading…</p>}
      {data !== null && (
        <>
          <p className="unseen" role="status" aria-live="polite">
            {outcome(data).words}
          </p>
          <ApprovalTable rows={[data]} caption="The request" onChange={set} />
          {data.text === '' && me.powers.includes('audit') && (
            <Purpose refused={purpose !== ''} problem={null} open={setPurpose} />
          )}
        </>
      )}
    </>
  );
}
