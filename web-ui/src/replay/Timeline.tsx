import { memo, useEffect, useRef } from 'react';
import type { Exchange, OperationView } from '../api/views';
import { brief } from '../approvals/History';
import { Icon } from '../shell/Icon';
import { clockText, duration } from '../text/time';
import { count } from '../text/Text';
import { DecisionWord } from './Decision';
import { codeOf } from './message';
import type { Recorded } from './record';
import { describe, textOf, waited } from './said';

interface Props {
  record: Recorded;
  current: number;
  position: number;
  show: (index: number) => void;
  noun: string;
}

/** The statements in order; choosing one goes there. */
export function Timeline({ record, current, position, show, noun }: Props) {
  const list = useRef<HTMLOListElement>(null);
  const latest = useRef(show);
  latest.current = show;
  const stable = useRef((index: number) => latest.current(index));

  useEffect(() => {
    // Only the list scrolls, never the page, and not while a person is reading in it.
    const box = list.current;
    const item = box?.children[current] as HTMLElement | undefined;
    if (box && item && !box.contains(document.activeElement)) {
      const top = item.offsetTop - box.offsetTop;
      if (top < box.scrollTop || top + item.offsetHeight > box.scrollTop + box.clientHeight) {
        box.scrollTop = top - box.clientHeight / 3;
      }
    }
  }, [current]);

  return (
    <div className="timeline">
      <ol ref={list} aria-label={`Timeline of ${noun}s`}>
        {record.exchanges.map((exchange, index) => (
          <Item
            key={exchange.index}
            exchange={exchange}
            operation={record.byId.get(exchange.operation ?? '') ?? null}
            index={index}
            current={index === current}
            past={exchange.micros <= position || index === current}
            show={stable.current}
          />
        ))}
      </ol>
      {record.moreExchanges && (
        <p>
          <button type="button" onClick={record.loadMore} disabled={record.loading}>
            Load more
          </button>{' '}
          <span className="muted">{count(record.exchanges.length)} loaded</span>
        </p>
      )}
    </div>
  );
}

interface ItemProps {
  exchange: Exchange;
  operation: OperationView | null;
  index: number;
  current: boolean;
  past: boolean;
  show: (index: number) => void;
}

const Item = memo(function Item({ exchange, operation, index, current, past, show }: ItemProps) {
  const took = waited(exchange);
  const text = textOf(exchange, operation);
  return (
    <li className={current ? 'current' : past ? 'past' : 'coming'}>
      <button type="button" aria-current={current ? 'step' : undefined} onClick={() => show(index)}>
        <span className="when">
          <span className="digits">{clockText(exchange.micros)}</span>
          {operation !== null && <DecisionWord decision={operation.decision} />}
          {exchange.error != null && (
            <span className="tone-stop">
              <Icon name="warn" /> error {codeOf(exchange.error)}
            </span>
          )}
          {took !== null && took > 0 && <span className="muted">{duration(took)}</span>}
        </span>
        {exchange.text === '' ? (
          <span className="muted">{describe(exchange)}</span>
        ) : (
          <code className="brief">{brief(text, 90)}</code>
        )}
      </button>
    </li>
  );
});
