import type { ApprovalView } from '../api/views';
import { Chain } from '../shell/Chain';
import { Link } from '../shell/Link';
import { local, utc } from '../text/time';
import { Inline } from '../text/Text';
import { noun } from './words';

/** Who asks for whom, and where it would run. */
export function Place({ view }: { view: ApprovalView }) {
  return (
    <>
      <Chain names={view.chain} />
      <dl className="facts">
        <div>
          <dt>On</dt>
          <dd>
            <strong>
              <Inline text={view.target} most={80} />
            </strong>
            {view.database !== '' && (
              <>
                {' '}
                / <Inline text={view.database} most={80} />
              </>
            )}
            {view.role !== '' && (
              <>
                {' '}
                as role <Inline text={view.role} most={80} />
              </>
            )}{' '}
            <span className="muted">
              ({view.protocol} {noun(view.protocol)})
            </span>
          </dd>
        </div>
        <div>
          <dt>Asked</dt>
          <dd>
            <time dateTime={view.requestedAt} title={utc(view.requestedAt)}>
              {local(view.requestedAt)}
            </time>
          </dd>
        </div>
        <div>
          <dt>Id</dt>
          <dd>
            <Link to={`/approvals/${encodeURIComponent(view.id)}`}>{view.id}</Link>
          </dd>
        </div>
      </dl>
      <p>
        <Link to={`/sessions/${encodeURIComponent(view.session)}`}>Open session</Link>
      </p>
    </>
  );
}
