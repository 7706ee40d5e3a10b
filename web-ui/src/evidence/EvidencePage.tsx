import { useEffect, useId, useState, type FormEvent } from 'react';
import { bundleUrl, evidence, makeEvidence, removeEvidence } from '../api/client';
import { useLoad } from '../api/load';
import { problemFrom, type Problem } from '../api/problem';
import type { EvidenceJob } from '../api/views';
import { Failure } from '../shell/Failure';
import { Heading } from '../shell/Heading';
import { useIdentity } from '../shell/identity';
import { count, Inline } from '../text/Text';
import { bytes, local, utc } from '../text/time';

const WORDS = [
  ['session', 'Session', ''],
  ['who', 'Who', 'agent-ada'],
  ['target', 'Target', 'orders'],
  ['duty', 'Duty', ''],
  ['approval', 'Approval', ''],
  ['ticket', 'Ticket', ''],
  ['last', 'Last', '1h, 30d'],
] as const;

/** What an auditor takes along: bundles that somebody else can verify without us. */
export function EvidencePage() {
  const me = useIdentity();
  if (!me.powers.includes('audit')) {
    return (
      <>
        <Heading title="Evidence">Evidence</Heading>
        <p>Evidence is for those who may audit.</p>
      </>
    );
  }
  return <Bundles />;
}

function Bundles() {
  const { data, problem, loading, reload } = useLoad('evidence', evidence);
  const busy = data?.items.some((job) => job.state === 'waiting' || job.state === 'running');
  useEffect(() => {
    const timer = setInterval(reload, busy === true ? 500 : 10_000);
    return () => clearInterval(timer);
  }, [busy, reload]);
  return (
    <>
      <Heading title="Evidence">Evidence</Heading>
      <Ask asked={reload} />
      {problem !== null && <Failure problem={problem} retry={reload} />}
      {data === null && loading && <p className="muted">Loading…</p>}
      {data !== null && data.items.length === 0 && <p className="empty">No bundle yet.</p>}
      {data !== null && data.items.length > 0 && (
        <div className="scroll" tabIndex={0} role="region" aria-label="List of bundles">
          <table className="list">
            <caption>Bundles, newest first</caption>
            <thead>
              <tr>
                <th scope="col">Asked</th>
                <th scope="col">By</th>
                <th scope="col">About</th>
                <th scope="col">Purpose</th>
                <th scope="col">Holds</th>
                <th scope="col">State</th>
                <th scope="col">
                  <span className="unseen">File</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {data.items.map((job) => (
                <Job key={job.id} job={job} changed={reload} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      <p className="muted">
        Check a bundle with <code>countersign verify FILE</code>, or without us as its VERIFY.md says.
      </p>
    </>
  );
}

function Job({ job, changed }: { job: EvidenceJob; changed: () => void }) {
  const about = Object.entries(job.query)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
  const remove = () => {
    removeEvidence(job.id).then(changed, changed);
  };
  return (
    <tr>
      <td>
        <time dateTime={job.requestedAt} title={utc(job.requestedAt)}>
          {local(job.requestedAt)}
        </time>
      </td>
      <td>
        <Inline text={job.by} most={80} />
      </td>
      <td>
        <Inline text={about} most={200} />
      </td>
      <td>
        <Inline text={job.purpose} most={200} />
      </td>
      <td>
        {job.disclosed ? <strong>content</strong> : 'metadata'}
        {job.encrypted && ', encrypted'}
      </td>
      <td>
        <Standing job={job} />
      </td>
      <td>
        {job.state === 'ready' && (
          <>
            <a href={bundleUrl(job.id)} download aria-label={`Download ${job.id}`}>
              Download
            </a>{' '}
            <span className="muted">{bytes(job.bytes)}</span>{' '}
          </>
        )}
        {(job.state === 'ready' || job.state === 'waiting' || job.state === 'running') && (
          <button type="button" onClick={remove} aria-label={`Remove ${job.id}`}>
            Remove
          </button>
        )}
      </td>
    </tr>
  );
}

function Standing({ job }: { job: EvidenceJob }) {
  switch (job.state) {
    case 'waiting':
      return <span className="muted">waiting</span>;
    case 'running':
      return (
        <label>
          <Inline text={job.stage} most={40} />{' '}
          <progress max={job.total > 0 ? job.total : undefined} value={job.total > 0 ? job.done : undefined} />
        </label>
      );
    case 'ready':
      return (
        <>
          {count(job.events)} events, {count(job.sessions)} sessions
          {job.notOpened > 0 && (
            <strong className="tone-stop"> ({count(job.notOpened)} could not be opened)</strong>
          )}
        </>
      );
    case 'failed':
      return (
        <strong className="tone-stop">
          failed: <Inline text={job.error} most={500} />
        </strong>
      );
    case 'expired':
      return <span className="muted">file deleted</span>;
  }
}

function Ask({ asked }: { asked: () => void }) {
  const id = useId();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [sending, setSending] = useState(false);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const given = new FormData(form);
    const wanted: Record<string, string | boolean> = { disclose: given.get('disclose') !== null };
    for (const name of [...WORDS.map(([word]) => word), 'recipient', 'purpose']) {
      const value = String(given.get(name) ?? '').trim();
      if (value !== '') {
        wanted[name] = value;
      }
    }
    setSending(true);
    makeEvidence(wanted)
      .then(
        () => {
          setProblem(null);
          form.reset();
          asked();
        },
        (thrown: unknown) => setProblem(problemFrom(thrown)),
      )
      .finally(() => setSending(false));
  };
  return (
    <form className="card" aria-label="Make a bundle" onSubmit={submit}>
      <p>
        A time alone takes every event in it; anything else the whole sessions that match. Making and
        downloading a bundle is recorded with your name and purpose.
      </p>
      <div className="filters">
        {WORDS.map(([name, label, example]) => (
          <span key={name}>
            <label htmlFor={`${id}-${name}`}>{label}</label>{' '}
            <input id={`${id}-${name}`} name={name} placeholder={example} autoComplete="off" />
          </span>
        ))}
      </div>
      <p>
        <label>
          <input type="checkbox" name="disclose" /> With content: what was typed and seen
        </label>
      </p>
      <p>
        <label htmlFor={`${id}-recipient`}>Encrypt for</label>{' '}
        <input id={`${id}-recipient`} name="recipient" placeholder="age1…" autoComplete="off" />
      </p>
      <p>
        <label htmlFor={`${id}-purpose`}>Purpose</label>{' '}
        <input id={`${id}-purpose`} name="purpose" required maxLength={1000} autoComplete="off" />
      </p>
      {problem !== null && <Failure problem={problem} />}
      <div className="ways">
        <button type="submit" className="primary" disabled={sending}>
          Make a bundle
        </button>
      </div>
    </form>
  );
}
