import type { Exchange, Message, OperationView } from '../api/views';
import { Binds } from '../approvals/Asked';
import { Icon } from '../shell/Icon';
import { Link } from '../shell/Link';
import { duration } from '../text/time';
import { count, Inline, Statement } from '../text/Text';
import { DecisionWord, OutcomeWord } from './Decision';
import { wordsOf } from './message';
import { Rows } from './Rows';

interface Props {
  exchange: Exchange;
  operation: OperationView | null;
  /** Whether playback has come to where the answer was there. */
  answered: boolean;
  noun: string;
  download: string;
}

/** One statement and what the caller got for it. */
export function ExchangeShown({ exchange, operation, answered, noun, download }: Props) {
  return (
    <>
      <h3>
        <span className="unseen">
          {noun} {count(exchange.index + 1)}:{' '}
        </span>
        {operation === null ? (
          <span className="muted">
            <Inline text={exchange.kind} most={40} />
          </span>
        ) : (
          <>
            <DecisionWord decision={operation.decision} />{' '}
            {answered && <OutcomeWord operation={operation} />}
          </>
        )}{' '}
        {answered && <span className="muted">{duration(exchange.endMicros - exchange.micros)}</span>}
      </h3>
      {exchange.text !== '' && (
        <Statement text={exchange.text} label={`The ${noun}, exactly`} testId="replay-statement" />
      )}
      {operation !== null && (
        <>
          {operation.binds.length > 0 && <Binds values={operation.binds} />}
          <p className="note">
            <Inline text={operation.reason} most={500} />{' '}
            <span className="muted">
              (rule <Inline text={operation.rule} />)
            </span>
            {operation.approval !== null && (
              <>
                {' '}
                <Link to={`/approvals/${encodeURIComponent(operation.approval)}`}>
                  Approval {operation.approval}
                </Link>
              </>
            )}
          </p>
        </>
      )}
      {exchange.notices.map((notice, index) => (
        <MessageShown key={index} kind="notice" message={notice} />
      ))}
      {!answered && (
        <p className="waiting">
          <Icon name="time" /> The caller waits for the answer…
        </p>
      )}
      {answered && exchange.error !== null && <MessageShown kind="error" message={exchange.error} />}
      {answered && exchange.columns.length > 0 && <Rows exchange={exchange} download={download} />}
      {answered && operation === null && exchange.tag !== null && exchange.tag !== '' && (
        <p className="tag">
          <code>
            <Inline text={exchange.tag} most={120} />
          </code>
        </p>
      )}
    </>
  );
}

function MessageShown({ kind, message }: { kind: 'notice' | 'error'; message: Message }) {
  const words = wordsOf(message);
  return (
    <div className={`message ${kind}`}>
      <p>
        <Icon name={kind === 'error' ? 'no' : 'warn'} />{' '}
        <strong>
          <Inline text={words.severity || kind.toUpperCase()} most={20} />
        </strong>{' '}
        {words.code !== '' && (
          <code>
            <Inline text={words.code} most={10} />
          </code>
        )}{' '}
        <Inline text={words.message} most={1000} />
      </p>
      {words.more.map((one) => (
        <p key={one.name}>
          <span className="muted">{one.name}:</span> <Inline text={one.text} most={1000} />
        </p>
      ))}
    </div>
  );
}
