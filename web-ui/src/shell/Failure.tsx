import type { Problem } from '../api/problem';
import { Inline } from '../text/Text';
import { Icon } from './Icon';

/** A problem in words, where the work that met it is. */
export function Failure({ problem, retry }: { problem: Problem; retry?: (() => void) | undefined }) {
  return (
    <div className="failure" role="alert">
      <p>
        <Icon name="warn" />{' '}
        <strong>
          <Inline text={problem.title} />
        </strong>
      </p>
      {problem.detail !== '' && (
        <p>
          <Inline text={problem.detail} most={1000} />
        </p>
      )}
      {retry !== undefined && (
        <button type="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}
