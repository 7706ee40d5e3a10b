import type { ApprovalView } from '../api/views';
import { Difference } from '../text/Difference';
import { count, Inline, Statement } from '../text/Text';
import { Icon } from '../shell/Icon';
import { noun } from './words';

const MOST_BINDS = 50;

/** What would run, what it does and why it is asked. */
export function Asked({ view }: { view: ApprovalView }) {
  const it = noun(view.protocol);
  return (
    <>
      {view.text === '' ? (
        <p className="note">The text of this {it} is closed to you in a list: open the request by its id.</p>
      ) : view.modifiedText == null ? (
        <Statement text={view.text} label={`The ${it}, exactly`} testId="statement" />
      ) : (
        <>
          <p className="changed">
            <Icon name="change" /> An approver put another text in its place:
          </p>
          <Statement
            text={view.modifiedText}
            label={`The ${it} that would run, exactly`}
            testId="statement"
          />
          <details>
            <summary>Compare with what was asked</summary>
            <Difference before={view.text} after={view.modifiedText} />
          </details>
        </>
      )}
      {view.binds.length > 0 && <Binds values={view.binds} />}
      <ul className="effects" aria-label={`What the ${it} does`}>
        {view.effects.map((effect) => (
          <li key={effect} className={`effect effect-${effect}`}>
            {effect}
          </li>
        ))}
        {view.effects.length === 0 && <li className="effect">no effect known</li>}
        {view.inTransaction && (
          <li className="effect warned">
            <Icon name="warn" /> in a transaction that has written: its locks are held meanwhile
          </li>
        )}
      </ul>
      <dl className="facts">
        <div>
          <dt>Stated reason</dt>
          <dd>
            {view.statedReason === '' ? (
              <span className="muted">none stated</span>
            ) : (
              <>
                <q>
                  <Inline text={view.statedReason} most={500} />
                </q>{' '}
                <span className="stated">stated by the caller</span>
              </>
            )}
          </dd>
        </div>
        <Touches view={view} />
        <div>
          <dt>Why it waits</dt>
          <dd>
            <Inline text={view.why} most={500} />{' '}
            <span className="muted">
              (rule <Inline text={view.rule} />)
            </span>
          </dd>
        </div>
      </dl>
    </>
  );
}

/** What it would touch, as far as it could be read. */
function Touches({ view }: { view: ApprovalView }) {
  const { ticket, relations, everyRow, rowsEstimated, plan } = view.context;
  return (
    <>
      {ticket !== '' && (
        <div>
          <dt>Ticket</dt>
          <dd>
            <Inline text={ticket} most={120} /> <span className="stated">stated by the caller</span>
          </dd>
        </div>
      )}
      {relations.length > 0 && (
        <div>
          <dt>Tables</dt>
          <dd>
            <Inline text={relations.join(', ')} most={500} />
          </dd>
        </div>
      )}
      {everyRow.length > 0 && (
        <div>
          <dt>Without WHERE</dt>
          <dd className="strange">
            every row of <Inline text={everyRow.join(', ')} most={500} />
          </dd>
        </div>
      )}
      {rowsEstimated !== null && (
        <div>
          <dt>Rows</dt>
          <dd>
            about {count(rowsEstimated)} <span className="muted">by the target’s planner</span>
            {plan !== '' && (
              <details>
                <summary>Plan</summary>
                <pre>{plan}</pre>
              </details>
            )}
          </dd>
        </div>
      )}
    </>
  );
}

/** Bind values in their order. */
export function Binds({ values }: { values: (string | null)[] }) {
  return (
    <details className="binds" open={values.length <= 8}>
      <summary>
        {values.length} bind {values.length === 1 ? 'value' : 'values'}
      </summary>
      <ol>
        {values.slice(0, MOST_BINDS).map((value, index) => (
          <li key={index}>
            <code>${index + 1}</code> ={' '}
            {value === null ? <i className="null">NULL</i> : <Inline text={value} most={400} />}
          </li>
        ))}
      </ol>
      {values.length > MOST_BINDS && (
        <p className="strange">
          Look twice: {values.length - MOST_BINDS} more values are not listed here.
        </p>
      )}
    </details>
  );
}
