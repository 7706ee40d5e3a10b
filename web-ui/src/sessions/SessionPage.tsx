import { useState, type ReactNode } from 'react';
import { session } from '../api/client';
import { useChanges } from '../api/changes';
import { useLoad } from '../api/load';
import type { SessionView } from '../api/views';
import { Replay } from '../replay/Replay';
import { useRecord } from '../replay/record';
import { Chain } from '../shell/Chain';
import { Failure } from '../shell/Failure';
import { Heading } from '../shell/Heading';
import { Icon } from '../shell/Icon';
import { Link } from '../shell/Link';
import { Purpose } from '../shell/Purpose';
import { bytes, local, utc } from '../text/time';
import { count, Inline } from '../text/Text';
import { Ending } from './Ending';
import { Operations } from './Operations';
import { SessionState } from './SessionState';

/** One session: what it was, what was decided in it, and the recording to play. */
export function SessionPage({ id }: { id: string }) {
  const { data, problem, loading, reload } = useLoad(`session ${id}`, (stop) => session(id, stop));
  useChanges((changed) => changed.view === 'sessions' && changed.id === id, reload, 500);
  return (
    <>
      <Heading title={data === null ? 'Session' : `${data.principal} on ${data.target}`}>
        Session{' '}
        {data !== null && (
          <>
            of <Inline text={data.principal} most={80} /> on <Inline text={data.target} most={80} />
          </>
        )}
      </Heading>
      <p>
        <Link to="/sessions">All sessions</Link>
      </p>
      {problem !== null && <Failure problem={problem} retry={reload} />}
      {data === null && loading && problem === null && <p className="muted">Loading…</p>}
      {data?.erasedAt != null && <Erased session={data} at={data.erasedAt} />}
      {data !== null && data.erasedAt == null && (
        <>
          <Gap session={data} />
          <Facts session={data} />
          <Ending session={data} />
          <Content session={data} />
        </>
      )}
    </>
  );
}

/** All that is left: its key is destroyed, and nobody can read its words any more. */
function Erased({ session: shown, at }: { session: SessionView; at: string }) {
  return (
    <section className="card" aria-label="About this session">
      <p>
        <strong>This session was erased</strong> at {utc(at)} ({local(at)} here).
      </p>
      <p>
        It was opened at {utc(shown.openedAt)}
        {shown.closedAt != null && <> and ended at {utc(shown.closedAt)}</>}. Its keys are destroyed:
        nobody can read what was said in it. That it took place stays proven in the log.
      </p>
    </section>
  );
}

/** What is missing, said before anything else. */
function Gap({ session: shown }: { session: SessionView }) {
  if (shown.state !== 'interrupted' && shown.gapFrom == null) {
    return null;
  }
  return (
    <div className="gap" role="alert">
      <p>
        <Icon name="warn" /> <strong>This recording has a gap.</strong>
      </p>
      <p>
        The edge went away while the session was open
        {shown.gapAt != null && (
          <>
            {' '}
            (last record {utc(shown.gapAt)}, {local(shown.gapAt)} here)
          </>
        )}
        .{' '}
        {shown.gapFrom != null &&
          `Of what the caller saw, bytes from ${count(shown.gapFrom)} on may be missing. `}
        Statements that ran are in the list below; one without an end is marked unknown.
      </p>
    </div>
  );
}

function Facts({ session: shown }: { session: SessionView }) {
  return (
    <section className="card" aria-label="About this session">
      <Chain names={shown.chain} />
      <dl className="facts wide">
        <Fact name="State">
          <SessionState session={shown} />
          {shown.end !== '' && (
            <span className="muted">
              {' '}
              ended: <Inline text={shown.end} most={80} />
            </span>
          )}
        </Fact>
        <Fact name="Target">
          <Inline text={shown.target} most={80} />
          {shown.database !== '' && (
            <>
              {' '}
              / <Inline text={shown.database} most={80} />
            </>
          )}
          {shown.role !== '' && (
            <>
              {' '}
              as role <Inline text={shown.role} most={80} />
            </>
          )}{' '}
          <span className="muted">({shown.protocol})</span>
        </Fact>
        <Fact name="Opened">
          {utc(shown.openedAt)} <span className="muted">({local(shown.openedAt)} here)</span>
        </Fact>
        <Fact name="Closed">
          {shown.closedAt == null ? (
            <span className="muted">not yet</span>
          ) : (
            <>
              {utc(shown.closedAt)} <span className="muted">({local(shown.closedAt)} here)</span>
            </>
          )}
        </Fact>
        <Fact name="Caller">
          <Inline text={shown.client} most={80} />{' '}
          {shown.application !== '' && (
            <>
              <Inline text={shown.application} most={80} />{' '}
              <span className="stated">stated by the caller</span>
            </>
          )}
        </Fact>
        <Fact name="Operations">
          {count(shown.operations)}, of them {count(shown.held)} held and {count(shown.blocked)}{' '}
          blocked
        </Fact>
        <Fact name="Recording">
          {shown.recording}; {bytes(shown.bytesIn)} in, {bytes(shown.bytesOut)} out,{' '}
          {count(shown.segments)} {shown.segments === 1 ? 'segment' : 'segments'}
        </Fact>
        <Fact name="Id">
          <code>{shown.id}</code>
        </Fact>
      </dl>
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** What was typed and seen: opening it may take a purpose, which is kept with the record. */
function Content({ session: shown }: { session: SessionView }) {
  const [purpose, setPurpose] = useState('');
  const record = useRecord(shown.id, shown.state === 'open', purpose);
  const shut = record.exchanges.length === 0 ? record.problem : null;
  return (
    <>
      {shut?.asksPurpose && <Purpose refused={purpose !== ''} problem={shut} open={setPurpose} />}
      {shut !== null && !shut.asksPurpose && <Failure problem={shut} retry={record.reload} />}
      {shut === null && <Replay session={shown} record={record} purpose={purpose} />}
      {shut === null && record.operationsProblem !== null && (
        <Failure problem={record.operationsProblem} retry={record.reload} />
      )}
      <Operations record={record} protocol={shown.protocol} closed={shut !== null} />
    </>
  );
}
