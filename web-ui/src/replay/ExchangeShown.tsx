import type { Exchange, Message, OperationView } from '../api/views';
import { Binds } from '../approvals/Asked';
import { Icon } from '../shell/Icon';
import { Link } from '../shell/Link';
import { duration } from '../text/time';
import { count, Inline, Statement } from '../text/Text';
import { DecisionWord, OutcomeWord } from './Decision';
import { microsOf, wordsOf } from './message';
import { Rows } from './Rows';
import { describe, textOf, waited } from './said';

interface Props {
  exchange: Exchange;
  operation: OperationView | null;
  /** Whether playback has come to where the answer was there. */
  answered: boolean;
  /** Notices that came later are not shown yet. */
  position: number;
  /** The session is still open, so an answer may still come. */
  open: boolean;
  /** Which of the asked ones it is. */
  number: number;
  noun: string;
  download: string;
}

/** One statement and what the caller got for it. */
export function ExchangeShown(props: Props) {
  const { exchange, operation, answered, position, open, number, noun, download } = props;
  const text = textOf(exchange, operation);
  const binds = operation?.binds ?? exchange.binds;
  const took = waited(exchange);
  const notices = exchange.notices.filter((notice) => (microsOf(notice) ?? 0) <= position);
  return (
    <>
      <h3>
        <span className="unseen">
          {noun} {count(number)}:{' '}
        </span>
        {operation === null ? (
          <span className="muted">
            <Inline text={exchange.text === '' ? describe(exchange) : exchange.kind} most={60} />
          </span>
        ) : (
          <>
            <DecisionWord decision={operation.decision} />{' '}
            {answered && <OutcomeWord operation={operation} />}
          </>
        )}{' '}
        {answered && took !== null && <span className="muted">{duration(took)}</span>}
      </h3>
      {exchange.text === '' && operation !== null && (
        <p className="note">{describe(exchange)}</p>
      )}
      {text !== '' && (
        <Statement text={text} label={`The ${noun}, exactly`} testId="replay-statement" />
      )}
      {binds.length > 0 && <Binds values={binds} />}
      {operation !== null && (
        <p className="note">
          <Inline text={operation.reason} most={500} /> (rule <Inline text={operation.rule} />){' '}
          {operation.approval != null && (
            <Link to={`/approvals/${encodeURIComponent(operation.approval)}`}>
              Approval {operation.approval}
            </Link>
          )}
        </p>
      )}
      {notices.map((notice, index) => (
        <MessageShown key={index} kind="notice" message={notice} />
      ))}
      {!answered && (
        <p className="waiting">
          <Icon name="time" />{' '}
          {exchange.endMicros < 0 && !open
            ? 'No answer is in the recording.'
            : 'The caller waits for the answer…'}
        </p>
      )}
      {answered && exchange.error != null && <MessageShown kind="error" message={exchange.error} />}
      {answered && exchange.columns.length + exchange.rows.length > 0 && (
        <Rows exchange={exchange} download={download} />
      )}
      {answered && exchange.kind === 'copy' && (
        <p className="note">
          {count(exchange.rowCount)} pieces of data, whole in the recording:{' '}
          <a href={download} download>
            download the bytes
          </a>
        </p>
      )}
      {answered && operation === null && exchange.tag != null && exchange.tag !== '' && (
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
