import { useMemo } from 'react';
import { diff } from './diff';
import { Shown, Strange } from './Text';
import { hiddenIn } from './hidden';

/** The comparison of what was asked with what would run instead. */
export function Difference({ before, after }: { before: string; after: string }) {
  const pieces = useMemo(() => diff(before, after), [before, after]);
  const strange = useMemo(() => hiddenIn(after), [after]);
  return (
    <div className="statement">
      <pre className="exact difference" tabIndex={0} role="group" aria-label="Comparison" dir="ltr">
        <code>
          {pieces.map((piece, index) => {
            switch (piece.kind) {
              case 'same':
                return <Shown key={index} text={piece.text} />;
              case 'removed':
                return (
                  <del key={index}>
                    <span className="unseen"> [removed: </span>
                    <Shown text={piece.text} />
                    <span className="unseen">] </span>
                  </del>
                );
              case 'added':
                return (
                  <ins key={index}>
                    <span className="unseen"> [added: </span>
                    <Shown text={piece.text} />
                    <span className="unseen">] </span>
                  </ins>
                );
            }
          })}
        </code>
      </pre>
      <p className="note">
        <del>struck through</del> is taken out, <ins>underlined</ins> is put in
      </p>
      <Strange {...strange} />
    </div>
  );
}
