import type { ApprovalView, Whoami } from '../api/views';
import { Icon } from '../shell/Icon';
import { useNow } from '../shell/useNow';
import { local, timeLeft, timeLeftSpoken, utc } from '../text/time';
import { Inline } from '../text/Text';
import type { Way } from './Answering';
import { cannotAnswer, counted, isOwn, noun, outcome } from './words';

interface Props {
  view: ApprovalView;
  me: Whoami;
  way: Way | null;
  choose: (way: Way) => void;
  /** An answer of this person is recorded and not shown yet. */
  recorded: boolean;
}

/** How a request stands: the time left, who has answered, and the ways to answer. */
export function Standing({ view, me, way, choose, recorded }: Props) {
  const now = outcome(view);
  const waits = view.state === 'pending';
  return (
    <>
      {waits ? (
        <TimeLeft until={view.expiresAt} />
      ) : (
        <p className={`outcome tone-${now.tone}`} tabIndex={-1}>
          <Icon name={now.icon} /> <strong>{now.word}</strong>
          <br />
          <Inline text={now.words} most={600} />
        </p>
      )}
      <Answers view={view} />
      {waits && recorded && (
        <p className="outcome" role="status" tabIndex={-1}>
          Your answer is recorded; what it changes is shown here as soon as it is known.
        </p>
      )}
      {waits && !recorded && <Ways view={view} me={me} way={way} choose={choose} />}
    </>
  );
}

function TimeLeft({ until }: { until: string }) {
  const now = useNow();
  const end = Date.parse(until);
  const urgent = end - now < 60_000;
  return (
    <p className={urgent ? 'time-left urgent' : 'time-left'}>
      <span className="left" aria-hidden="true">
        {timeLeft(end, now)}
      </span>
      <span className="unseen">{timeLeftSpoken(end, now)}</span>{' '}
      <span className="until">
        {end > now ? 'left, until ' : 'time is over since '}
        <time dateTime={until}>
          {utc(until).slice(11)} <span className="muted">({local(until, now)} here)</span>
        </time>
      </span>
    </p>
  );
}

function Answers({ view }: { view: ApprovalView }) {
  const count = new Set(counted(view).filter((a) => a.kind !== 'denied').map((a) => a.by)).size;
  return (
    <>
      {view.state === 'pending' && (
        <p className="quorum" tabIndex={-1}>
          {view.quorum === 1
            ? 'One answer needed, from '
            : `${Math.min(count, view.quorum)} of ${view.quorum} people have said yes, from `}
          <Inline text={view.by.join(' or ') || 'nobody'} />
        </p>
      )}
      {view.answers.length > 0 && (
        <ul className="answers" aria-label="Answers so far">
          {view.answers.map((answer, index) => (
            <li key={index}>
              <strong>
                <Inline text={answer.by} most={80} />
              </strong>{' '}
              {answer.kind}
              {answer.reason !== '' && (
                <>
                  : <Inline text={answer.reason} />
                </>
              )}{' '}
              <time className="muted" dateTime={answer.at} title={utc(answer.at)}>
                {local(answer.at)}
              </time>
            </li>
          ))}
        </ul>
      )}
      {view.refusedAttempts.length > 0 && (
        <details>
          <summary>
            {view.refusedAttempts.length === 1
              ? '1 attempt was refused'
              : `${view.refusedAttempts.length} attempts were refused`}
          </summary>
          <ul className="answers">
            {view.refusedAttempts.map((attempt, index) => (
              <li key={index}>
                <Inline text={`${attempt.by} (${attempt.kind}): ${attempt.reason}`} />
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

function Ways({ view, me, way, choose }: Omit<Props, 'recorded'>) {
  const refused = cannotAnswer(view, me);
  const own = isOwn(view, me);
  return (
    <>
      {refused !== '' && <p className="note">{refused}</p>}
      <div className="ways">
        {refused === '' && (
          <>
            <WayButton way="approve" word="Approve" now={way} choose={choose} className="primary" />
            <WayButton way="deny" word="Deny" now={way} choose={choose} />
            {view.modifiable && (
              <WayButton way="modify" word="Modify" now={way} choose={choose} />
            )}
          </>
        )}
        {own && <WayButton way="withdraw" word="Withdraw" now={way} choose={choose} />}
      </div>
      {refused === '' && !view.modifiable && (
        <p className="muted small">This {noun(view.protocol)} cannot be modified where it waits.</p>
      )}
    </>
  );
}

interface WayButtonProps {
  way: Way;
  word: string;
  now: Way | null;
  choose: (way: Way) => void;
  className?: string;
}

function WayButton({ way, word, now, choose, className }: WayButtonProps) {
  return (
    <button
      type="button"
      className={className}
      data-way={way}
      data-testid={way}
      aria-expanded={now === way}
      onClick={() => choose(way)}
    >
      {word}
    </button>
  );
}
