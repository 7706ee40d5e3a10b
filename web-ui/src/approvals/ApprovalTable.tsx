import { memo, useCallback, useEffect, useRef, useState } from 'react';
import type { ApprovalView } from '../api/views';
import { useIdentity } from '../shell/identity';
import { Answering, type Way } from './Answering';
import { Asked } from './Asked';
import { Place } from './Place';
import { Standing } from './Standing';

interface Props {
  rows: ApprovalView[];
  caption: string;
  onChange: (view: ApprovalView) => void;
}

/**
 * Requests with everything an approver needs. The roles are spelled out because the narrow layout
 * turns the table into blocks, which would take its meaning from assistive technology.
 */
export function ApprovalTable({ rows, caption, onChange }: Props) {
  return (
    <table className="approvals" role="table">
      <caption>{caption}</caption>
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col">
            What would run
          </th>
          <th role="columnheader" scope="col">
            Who asks, on what
          </th>
          <th role="columnheader" scope="col">
            Answer
          </th>
        </tr>
      </thead>
      {rows.map((row) => (
        <ApprovalRow key={row.id} view={row} onChange={onChange} />
      ))}
    </table>
  );
}

interface RowProps {
  view: ApprovalView;
  onChange: (view: ApprovalView) => void;
}

const ApprovalRow = memo(function ApprovalRow({ view, onChange }: RowProps) {
  const me = useIdentity();
  const [way, setWay] = useState<Way | null>(null);
  const row = useRef<HTMLTableSectionElement>(null);
  const from = useRef<Way | null>(null);
  const waits = view.state === 'pending';
  const stands = `${view.state} ${view.answers.length}`;
  // How it stood when an answer was recorded that the list did not show yet.
  const [answered, setAnswered] = useState('');

  const close = useCallback(() => {
    from.current = way;
    setWay(null);
  }, [way]);
  useEffect(() => {
    // Back to the button that opened the form; where it is gone, to what the row now says.
    if (way === null && from.current !== null) {
      const places = [`[data-way="${from.current}"]`, '.outcome', '.quorum'];
      const target = places
        .map((place) => row.current?.querySelector<HTMLElement>(place))
        .find((element) => element);
      target?.focus();
      from.current = null;
    }
  }, [way]);
  useEffect(() => {
    // Ended by somebody else while a form was open: say so where the person is.
    if (!waits && way !== null) {
      close();
    }
  }, [waits, way, close]);

  return (
    <tbody role="rowgroup" ref={row} className={waits ? 'request' : 'request ended'}>
      <tr role="row" data-testid={`approval-${view.id}`}>
        <td role="cell">
          <Asked view={view} />
        </td>
        <td role="cell">
          <Place view={view} />
        </td>
        <td role="cell">
          <Standing view={view} me={me} way={way} choose={setWay} recorded={answered === stands} />
        </td>
      </tr>
      {waits && way !== null && (
        <tr role="row" className="answering">
          <td role="cell" colSpan={3}>
            <Answering
              key={way}
              view={view}
              way={way}
              onDone={(after) => {
                setAnswered(stands);
                onChange(after);
              }}
              onClose={close}
            />
          </td>
        </tr>
      )}
    </tbody>
  );
});
