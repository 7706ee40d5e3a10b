import { Inline } from '../text/Text';
import { Icon } from './Icon';

/** Who asks for whom: from who started it to who acts, each name proved by its token. */
export function Chain({ names }: { names: string[] }) {
  return (
    <ol className="chain" aria-label="who started it, to who acts">
      {names.map((name, index) => (
        <li key={index}>
          {index > 0 && <span aria-hidden="true">→ </span>}
          <strong>
            <Inline text={name} most={80} />
          </strong>{' '}
          <span className="verified" title="proved by a signed token">
            <Icon name="yes" />
            verified
          </span>
        </li>
      ))}
    </ol>
  );
}

/** The same in a line of a table. */
export function ChainLine({ names }: { names: string[] }) {
  return (
    <span className="chain-line">
      <Inline text={names.join(' → ')} most={120} />
    </span>
  );
}
