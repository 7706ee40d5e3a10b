import { useEffect, useId, useRef, useState, type FormEvent, type KeyboardEvent } from 'react';
import { approve, deny, modify, withdraw } from '../api/client';
import { problemFrom, type Problem } from '../api/problem';
import type { ApprovalView } from '../api/views';
import { Failure } from '../shell/Failure';
import { Difference } from '../text/Difference';
import { count, Inline, isLong, Strange } from '../text/Text';
import { hiddenIn } from '../text/hidden';
import { noun, runs } from './words';

export type Way = 'approve' | 'deny' | 'modify' | 'withdraw';

interface Props {
  view: ApprovalView;
  way: Way;
  /** The approval as it stands after the answer. */
  onDone: (view: ApprovalView) => void;
  onClose: () => void;
}

const CONFIRM: Record<Way, string> = {
  approve: 'Confirm approval',
  deny: 'Confirm denial',
  modify: 'Confirm modification',
  withdraw: 'Confirm withdrawal',
};

/** The second step of an answer: nothing is sent before it. */
export function Answering({ view, way, onDone, onClose }: Props) {
  // What the person has seen when the form opened: a text modified meanwhile is not what they answer.
  const [seen] = useState(() => runs(view));
  const [reason, setReason] = useState('');
  const [text, setText] = useState(seen);
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const title = useId();
  const form = useRef<HTMLFormElement>(null);

  useEffect(() => {
    const field = form.current?.querySelector('textarea') ?? form.current;
    field?.focus();
  }, []);

  const moved = runs(view) !== seen;
  const ready =
    !sending &&
    !moved &&
    (way !== 'deny' || reason.trim() !== '') &&
    (way !== 'modify' || (text.trim() !== '' && text !== seen));

  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (!ready) {
      return;
    }
    setSending(true);
    setProblem(null);
    try {
      const after = await answer(way, view.id, reason.trim(), text);
      onDone(after);
      onClose();
    } catch (thrown) {
      setProblem(problemFrom(thrown));
      setSending(false);
    }
  };
  const keys = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && !sending) {
      event.stopPropagation();
      onClose();
    }
  };

  return (
    <form
      ref={form}
      className={`answer answer-${way}`}
      aria-labelledby={title}
      tabIndex={-1}
      onSubmit={(event) => void send(event)}
      onKeyDown={keys}
    >
      <h2 id={title}>
        <Question view={view} way={way} />
      </h2>
      {way === 'approve' && isLong(seen) && (
        <p className="strange">
          It has {count(seen.length)} characters and starts folded: unfold and read it whole.
        </p>
      )}
      {way === 'deny' && <Reason view={view} reason={reason} setReason={setReason} />}
      {way === 'modify' && <Editor view={view} before={seen} text={text} setText={setText} />}
      {moved && (
        <p className="strange">
          Somebody modified the {noun(view.protocol)} while you were looking. Close this, read the
          new text, and answer that.
        </p>
      )}
      {problem !== null && <Failure problem={problem} />}
      <div className="ways">
        <button type="submit" className={way === 'deny' ? 'danger' : 'primary'} disabled={!ready}>
          {CONFIRM[way]}
        </button>
        <button type="button" onClick={onClose} disabled={sending}>
          Cancel
        </button>
        {sending && <span className="muted">Recording your answer…</span>}
      </div>
    </form>
  );
}

function answer(way: Way, id: string, reason: string, text: string): Promise<ApprovalView> {
  switch (way) {
    case 'approve':
      return approve(id);
    case 'deny':
      return deny(id, reason);
    case 'modify':
      return modify(id, text);
    case 'withdraw':
      return withdraw(id);
  }
}

function Question({ view, way }: { view: ApprovalView; way: Way }) {
  const it = noun(view.protocol);
  const where = (
    <>
      on <Inline text={view.target} most={80} />
      {view.database !== '' && (
        <>
          /<Inline text={view.database} most={80} />
        </>
      )}
    </>
  );
  const who = <Inline text={view.chain.join(' → ')} most={120} />;
  switch (way) {
    case 'approve':
      return (
        <>
          Let {who} run exactly this {it} {where}, once?
        </>
      );
    case 'deny':
      return (
        <>
          Refuse this {it} of {who}?
        </>
      );
    case 'modify':
      return (
        <>
          Run another text for {who} {where}?
        </>
      );
    case 'withdraw':
      return <>Take this request back?</>;
  }
}

interface ReasonProps {
  view: ApprovalView;
  reason: string;
  setReason: (reason: string) => void;
}

function Reason({ view, reason, setReason }: ReasonProps) {
  const id = useId();
  return (
    <>
      <label htmlFor={id}>Reason</label>
      <textarea
        id={id}
        rows={2}
        required
        maxLength={1000}
        value={reason}
        aria-describedby={`${id}-note`}
        onChange={(event) => setReason(event.target.value)}
      />
      <p id={`${id}-note`} className="note">
        {view.principal} reads it in the error, and it is kept with the record.
      </p>
    </>
  );
}

interface EditorProps {
  view: ApprovalView;
  before: string;
  text: string;
  setText: (text: string) => void;
}

function Editor({ view, before, text, setText }: EditorProps) {
  const id = useId();
  return (
    <>
      <label htmlFor={id}>New text of the {noun(view.protocol)}</label>
      <textarea
        id={id}
        className="exact"
        rows={Math.min(16, Math.max(4, before.split('\n').length + 1))}
        spellCheck={false}
        autoComplete="off"
        autoCapitalize="off"
        dir="ltr"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      {text === before ? (
        <>
          <p className="note">Nothing is changed yet.</p>
          <Strange {...hiddenIn(before)} />
        </>
      ) : (
        <Difference before={before} after={text} />
      )}
      <p className="note">
        The new text is decided by the same rules; both texts are kept and {view.principal} is told
        what ran.
      </p>
    </>
  );
}
