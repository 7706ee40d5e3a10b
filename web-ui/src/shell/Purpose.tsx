import { useId, useState, type FormEvent } from 'react';
import type { Problem } from '../api/problem';
import { Inline } from '../text/Text';

interface Props {
  /** A purpose was given and not accepted. */
  refused: boolean;
  problem: Problem | null;
  open: (purpose: string) => void;
}

/** Asks what the content is opened for. The answer stays on this page and in the record. */
export function Purpose({ refused, problem, open }: Props) {
  const id = useId();
  const [text, setText] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() !== '') {
      open(text.trim());
    }
  };
  return (
    <form className="card purpose" onSubmit={submit} aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>What was typed and seen is closed</h2>
      <p>
        You may open it for a purpose. Opening it is recorded with your name, the time and the
        purpose you state.
      </p>
      {refused && (
        <p role="alert" className="strange">
          <Inline text={problem?.detail || problem?.title || 'It is still closed to you.'} most={500} />
        </p>
      )}
      <label htmlFor={id}>Purpose</label>
      <textarea
        id={id}
        rows={2}
        required
        maxLength={500}
        value={text}
        onChange={(event) => setText(event.target.value)}
        placeholder="Quarterly review, case 1234"
      />
      <div className="ways">
        <button type="submit" className="primary" disabled={text.trim() === ''}>
          Open the content
        </button>
      </div>
    </form>
  );
}
