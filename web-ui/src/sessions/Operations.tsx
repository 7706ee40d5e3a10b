import type { OperationView } from '../api/views';
import { Binds } from '../approvals/Asked';
import { brief } from '../approvals/History';
import { noun } from '../approvals/words';
import { DecisionWord, OutcomeWord } from '../replay/Decision';
import type { Recorded } from '../replay/record';
import { Link } from '../shell/Link';
import { clockText, duration } from '../text/time';
import { count, Inline, Statement } from '../text/Text';

interface Props {
  record: Recorded;
  protocol: string;
  /** The texts are not open to who looks; everything else is. */
  closed: boolean;
}

/** Every operation of a session in order, with what was decided and how it ended. */
export function Operations({ record, protocol, closed }: Props) {
  const texts = new Map(record.operations.map((operation) => [operation.id, operation]));
  return (
    <section aria-labelledby="operations">
      <h2 id="operations">Operations</h2>
      <div className="scroll" tabIndex={0} role="region" aria-label="List of operations">
        <table className="list">
          <caption>
            {count(record.operations.length)}
            {record.moreOperations ? ' and more' : ''}, in order
          </caption>
          <thead>
            <tr>
              <th scope="col">At</th>
              <th scope="col">Decision</th>
              <th scope="col">What</th>
              <th scope="col">Effects</th>
              <th scope="col">How it ended</th>
              <th scope="col" className="number">
                Rows
              </th>
              <th scope="col" className="number">
                Took
              </th>
            </tr>
          </thead>
          <tbody>
            {record.operations.map((operation) => (
              <OperationRow
                key={operation.id}
                operation={operation}
                replaced={texts.get(operation.replaces ?? '') ?? null}
                protocol={protocol}
                closed={closed}
              />
            ))}
          </tbody>
        </table>
      </div>
      {record.operations.length === 0 && !record.loading && (
        <p className="empty">Nothing was asked in this session.</p>
      )}
      {record.moreOperations && (
        <p>
          <button type="button" onClick={record.loadMoreOperations} disabled={record.loading}>
            Load more operations
          </button>
        </p>
      )}
    </section>
  );
}

interface RowProps {
  operation: OperationView;
  replaced: OperationView | null;
  protocol: string;
  closed: boolean;
}

function OperationRow({ operation, replaced, protocol, closed }: RowProps) {
  const it = noun(protocol);
  return (
    <tr>
      <td className="number">{clockText(operation.micros)}</td>
      <td>
        <DecisionWord decision={operation.decision} byEdge={operation.byEdge} />
        {operation.approval != null && (
          <>
            <br />
            <Link to={`/approvals/${encodeURIComponent(operation.approval)}`} className="small">
              {operation.approval}
            </Link>
          </>
        )}
      </td>
      <td className="what">
        <details>
          <summary>
            {operation.text === '' ? (
              <span className="muted">{closed ? `${it}, its text is closed` : `empty ${it}`}</span>
            ) : (
              <code className="brief">{brief(operation.text)}</code>
            )}
          </summary>
          {operation.text !== '' && (
            <Statement text={operation.text} label={`The ${it}, exactly`} />
          )}
          {operation.binds.length > 0 && <Binds values={operation.binds} />}
          <p className="note">
            <Inline text={operation.reason} most={500} /> (rule <Inline text={operation.rule} />
            ), digest{' '}
            <code className="digest">{operation.digest}</code>
          </p>
        </details>
        {operation.replaces != null && (
          <p className="note">
            ran in place of <code className="brief">{brief(replaced?.text || operation.replaces)}</code>
          </p>
        )}
      </td>
      <td>{operation.effects.join(', ') || <span className="muted">none</span>}</td>
      <td>
        <OutcomeWord operation={operation} />
      </td>
      <td className="number">
        {operation.rows == null || operation.rows < 0 ? '–' : count(operation.rows)}
      </td>
      <td className="number">{operation.duration == null ? '–' : duration(operation.duration)}</td>
    </tr>
  );
}
