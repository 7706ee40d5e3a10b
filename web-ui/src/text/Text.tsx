import { memo, useMemo, useState } from 'react';
import { hiddenIn, runs } from './hidden';

const HEAD = 12_000;
const TAIL = 2_000;

/** Text of unknown origin on one or more lines, with everything unseen made visible. */
export const Shown = memo(function Shown({ text }: { text: string }) {
  const parts = useMemo(() => runs(text), [text]);
  return (
    <>
      {parts.map((run, index) => {
        switch (run.kind) {
          case 'plain':
            return run.text;
          case 'hidden':
            return (
              <span key={index} className="hidden-character" title={`hidden character ${run.name}`}>
                {run.label}
              </span>
            );
          case 'lookalike':
            return (
              <mark key={index} className="lookalike" title="mixes letters of several alphabets">
                {run.text}
              </mark>
            );
        }
      })}
    </>
  );
});

/** A short text in a sentence or cell: never longer than `most`, and isolated from its surroundings. */
export function Inline({ text, most = 300 }: { text: string; most?: number }) {
  const [whole, setWhole] = useState(false);
  const cut = !whole && text.length > most;
  return (
    <bdi className="inline-text">
      <Shown text={cut ? text.slice(0, end(text, most)) : text} />
      {cut && (
        <>
          …{' '}
          <button type="button" className="quiet" onClick={() => setWhole(true)}>
            all {count(text.length)} characters
          </button>
        </>
      )}
    </bdi>
  );
}

interface StatementProps {
  text: string;
  /** Names the box for assistive technology: it scrolls, so it takes the focus. */
  label: string;
  testId?: string;
}

/**
 * The exact text of an operation: every character, in the order of the bytes, whitespace kept. A
 * very long one starts folded and says how much is folded away.
 */
export function Statement({ text, label, testId }: StatementProps) {
  const [whole, setWhole] = useState(false);
  const folded = !whole && isLong(text);
  const strange = useMemo(() => hiddenIn(text), [text]);
  const lines = useMemo(() => text.split('\n').length, [text]);
  const headEnd = end(text, HEAD);
  const tailFrom = end(text, text.length - TAIL);
  return (
    <div className="statement">
      <pre className="exact" tabIndex={0} role="group" aria-label={label} dir="ltr">
        <code data-testid={testId}>
          <Shown text={folded ? text.slice(0, headEnd) : text} />
        </code>
        {folded && (
          <>
            <span className="fold">
              {count(tailFrom - headEnd)} characters are folded away here{' '}
              <button type="button" onClick={() => setWhole(true)}>
                Unfold
              </button>
            </span>
            <code>
              <Shown text={text.slice(tailFrom)} />
            </code>
          </>
        )}
      </pre>
      {(lines > 12 || text.length > 1500) && (
        <p className="note">
          {count(lines)} {lines === 1 ? 'line' : 'lines'}, {count(text.length)} characters: scroll to
          the end
        </p>
      )}
      <Strange {...strange} />
    </div>
  );
}

/** Says in words what the marks in a text mean. */
export function Strange({ hidden, lookalikes }: { hidden: number; lookalikes: number }) {
  if (hidden + lookalikes === 0) {
    return null;
  }
  const parts = [];
  if (hidden > 0) {
    parts.push(`${count(hidden)} hidden ${hidden === 1 ? 'character' : 'characters'}, shown marked`);
  }
  if (lookalikes > 0) {
    parts.push(
      `${count(lookalikes)} ${lookalikes === 1 ? 'word' : 'words'} with letters of several alphabets`,
    );
  }
  return <p className="strange">Look twice: {parts.join('; ')}.</p>;
}

/** Whether a text starts folded. */
export function isLong(text: string): boolean {
  return text.length > HEAD + TAIL + 1000;
}

export function count(n: number): string {
  return n.toLocaleString('en-US');
}

/** A place to cut that does not split a surrogate pair. */
function end(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff ? at - 1 : at;
}
