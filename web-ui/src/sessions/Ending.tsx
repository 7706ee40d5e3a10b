import { useEffect, useId, useRef, useState, type FormEvent, type KeyboardEvent } from 'react';
import { terminate } from '../api/client';
import { problemFrom, type Problem } from '../api/problem';
import type { SessionView } from '../api/views';
import { Failure } from '../shell/Failure';
import { useIdentity } from '../shell/identity';

/** Lets a responder end an open session, in two steps and with a reason. */
export function Ending({ session }: { session: SessionView }) {
  const me = useIdentity();
  const [asking, setAsking] = useState(false);
  const [sent, setSent] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const left = useRef(false);

  useEffect(() => {
    if (left.current) {
      left.current = false;
      button.current?.focus();
    }
  });
  if (session.state !== 'open' || !me.powers.includes('respond')) {
    return null;
  }
  if (sent) {
    return (
      <p role="status" className="note">
        The edge was told to end this session; it shows here as soon as it has.
      </p>
    );
  }
  if (!asking) {
    return (
      <p>
        <button type="button" ref={button} onClick={() => setAsking(true)}>
          End session
        </button>
      </p>
    );
  }
  return (
    <Confirm
      session={session}
      onSent={() => setSent(true)}
      onLeave={() => {
        left.current = true;
        setAsking(false);
      }}
    />
  );
}

interface ConfirmProps {
  session: SessionView;
  onSent: () => void;
  onLeave: () => void;
}

function Confirm({ session, onSent, onLeave }: ConfirmProps) {
  const id = useId();
  const [reason, setReason] = useState('');
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => field.current?.focus(), []);

  const send = (event: FormEvent) => {
    event.preventDefault();
    setSending(true);
    setProblem(null);
    terminate(session.id, reason.trim()).then(onSent, (thrown: unknown) => {
      setProblem(problemFrom(thrown));
      setSending(false);
    });
  };
  const keys = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && !sending) {
      onLeave();
    }
  };
  return (
    <form className="card answer" onSubmit={send} onKeyDown={keys} aria-label="End this session">
      <label htmlFor={id}>Why this session ends</label>
      <textarea
        id={id}
        ref={field}
        rows={2}
        required
        maxLength={1000}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
      <p className="note">{session.principal} reads it in the error; what waits in it is withdrawn.</p>
      {problem !== null && <Failure problem={problem} />}
      <div className="ways">
        <button type="submit" className="danger" disabled={sending || reason.trim() === ''}>
          Confirm end of session
        </button>
        <button type="button" onClick={onLeave} disabled={sending}>
          Cancel
        </button>
      </div>
    </form>
  );
}
