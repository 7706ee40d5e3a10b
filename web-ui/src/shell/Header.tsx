import { useEffect, useState } from 'react';
import { lag, signOut } from '../api/client';
import { useChanges, useLiveness } from '../api/changes';
import { useLoad } from '../api/load';
import { problemFrom } from '../api/problem';
import type { Whoami } from '../api/views';
import { count, Inline } from '../text/Text';
import { namesOf } from './identity';
import { Link } from './Link';

interface Props {
  me: Whoami;
  path: string;
  waiting: number | null;
  demo: boolean;
  onSignedOut: () => void;
}

export function Header({ me, path, waiting, demo, onSignedOut }: Props) {
  const [failed, setFailed] = useState('');
  const leave = () => {
    signOut().then(onSignedOut, (thrown: unknown) => setFailed(problemFrom(thrown).message));
  };
  const at = /^\/(sessions|evidence)/.exec(path)?.[1] ?? 'approvals';
  return (
    <header className="top">
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <Link to="/" className="brand">
        <img src="/favicon.svg" alt="" width="22" height="22" /> Countersign
      </Link>
      <nav aria-label="Pages">
        <Link to="/approvals" aria-current={at === 'approvals' ? 'page' : undefined}>
          Approvals
          {waiting !== null && waiting > 0 && (
            <>
              {' '}
              <span className="badge">
                {waiting > 199 ? '200+' : waiting}
                <span className="unseen"> waiting</span>
              </span>
            </>
          )}
        </Link>
        <Link to="/sessions" aria-current={at === 'sessions' ? 'page' : undefined}>
          Sessions
        </Link>
        {me.powers.includes('audit') && (
          <Link to="/evidence" aria-current={at === 'evidence' ? 'page' : undefined}>
            Evidence
          </Link>
        )}
      </nav>
      <Currency />
      <p className="me">
        <span className="unseen">Signed in as </span>
        <strong>
          <Inline text={namesOf(me.chain).join(' → ') || me.name} most={80} />
        </strong>{' '}
        <span className="muted">
          <Inline text={[...me.groups, ...me.powers.map((power) => `may ${power}`)].join(', ')} />
        </span>
      </p>
      {demo && (
        <button type="button" onClick={leave}>
          Sign out
        </button>
      )}
      {failed !== '' && <p role="alert">{failed}</p>}
    </header>
  );
}

/** How far what is shown is behind what happened. */
function Currency() {
  const liveness = useLiveness();
  const { data, problem, reload } = useLoad('lag', lag);
  useChanges(() => true, reload, 1000);
  useEffect(() => {
    const timer = setInterval(reload, 5000);
    return () => clearInterval(timer);
  }, [reload]);
  const behind = data === null ? 0 : Math.max(0, data.head - data.seen);
  const words =
    problem !== null
      ? 'not reached'
      : behind > 0
        ? `${count(behind)} ${behind === 1 ? 'event' : 'events'} behind`
        : 'up to date';
  const how = { connecting: 'connecting', live: 'live', polling: 'looking every 4 s' }[liveness];
  const calm = problem === null && behind === 0 && liveness === 'live';
  return (
    <p className={calm ? 'currency' : 'currency behind'} title="events recorded but not yet shown">
      <span className="lamp" aria-hidden="true" />
      {how}, {words}
    </p>
  );
}
