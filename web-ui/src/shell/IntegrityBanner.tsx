import { useEffect } from 'react';
import { integrity } from '../api/client';
import { useLoad } from '../api/load';
import { Inline } from '../text/Text';

const EVERY_MILLIS = 15_000;

/** Across every page while the record is not what was signed: what is read below may be forged. */
export function IntegrityBanner() {
  const { data, reload } = useLoad('integrity', integrity);
  useEffect(() => {
    const timer = setInterval(reload, EVERY_MILLIS);
    return () => clearInterval(timer);
  }, [reload]);
  if (data === null || data.state !== 'problem') {
    return null;
  }
  return (
    <div className="alarm" role="alert">
      <strong>The record is not what was signed.</strong> Do not rely on what these pages show; tell
      whoever answers for Countersign.
      {data.problems.length > 0 && (
        <ul>
          {data.problems.map((problem) => (
            <li key={`${problem.kind} ${problem.position}`}>
              {problem.position >= 0 && <>position {problem.position}: </>}
              <Inline text={problem.words} most={400} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
