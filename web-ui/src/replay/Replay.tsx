import { useEffect, useMemo, useState } from 'react';
import { recordingUrl } from '../api/client';
import type { SessionView } from '../api/views';
import { noun } from '../approvals/words';
import { bytes } from '../text/time';
import { idleBetween, indexAt, seek, toggle } from './clock';
import { Controls } from './Controls';
import { ExchangeShown } from './ExchangeShown';
import type { Recorded } from './record';
import { isAnswered, numbering } from './said';
import { Timeline } from './Timeline';
import { usePlayback } from './usePlayback';

interface Props {
  session: SessionView;
  record: Recorded;
  purpose: string;
}

/** The recording, played as a timeline of statements with what the caller saw. */
export function Replay({ session, record, purpose }: Props) {
  const { exchanges } = record;
  const starts = useMemo(() => exchanges.map((exchange) => exchange.micros), [exchanges]);
  const length = useMemo(
    () => exchanges.reduce((most, one) => Math.max(most, one.endMicros, one.micros), 0),
    [exchanges],
  );
  const idle = useMemo(
    () =>
      idleBetween(
        exchanges.flatMap((one) => [one.micros, ...(one.endMicros < 0 ? [] : [one.endMicros])]),
      ),
    [exchanges],
  );
  const numbers = useMemo(() => numbering(exchanges), [exchanges]);
  const asked = numbers[numbers.length - 1] ?? 0;
  const { clock, change } = usePlayback(length, idle);
  // A statement that was chosen is shown until time goes on: pipelined ones overlap.
  const [chosen, setChosen] = useState<number | null>(null);
  const current = chosen ?? indexAt(starts, clock.position);
  const shown = exchanges[current];
  const it = noun(session.protocol);

  useEffect(() => {
    if (clock.playing) {
      setChosen(null);
    }
  }, [clock.playing]);
  useEffect(() => {
    if (record.moreExchanges && !record.loading && clock.playing && current >= exchanges.length - 20) {
      record.loadMore();
    }
  }, [record, clock.playing, current, exchanges.length]);

  const show = (index: number) => {
    const exchange = exchanges[index];
    if (exchange !== undefined) {
      // To where its answer was there: somebody who chooses a statement wants to see it whole.
      change((old) => seek({ ...old, playing: false }, Math.max(exchange.micros, exchange.endMicros)));
      setChosen(index);
    }
  };
  const scrub = (position: number) => {
    setChosen(null);
    change((old) => seek(old, position));
  };

  return (
    <section className="replay" aria-labelledby="replay">
      <h2 id="replay">Replay</h2>
      {exchanges.length === 0 ? (
        <p className="empty">
          {record.loading ? 'Loading the recording…' : `No ${it} is recorded yet.`}
        </p>
      ) : (
        <>
          <Controls
            clock={clock}
            change={change}
            exchanges={exchanges}
            length={length}
            current={current}
            number={numbers[current] ?? 0}
            total={record.moreExchanges ? Math.max(session.operations, asked) : asked}
            noun={it}
            toggle={() => change(toggle)}
            show={show}
            scrub={scrub}
          />
          <div className="stage">
            <Timeline record={record} current={current} position={clock.position} show={show} noun={it} />
            <div className="shown">
              {shown === undefined ? (
                <p className="empty">Press Play, or choose a {it}.</p>
              ) : (
                <ExchangeShown
                  key={shown.index}
                  exchange={shown}
                  operation={record.byId.get(shown.operation ?? '') ?? null}
                  answered={isAnswered(shown, clock.position)}
                  position={chosen === null ? clock.position : Infinity}
                  open={session.state === 'open'}
                  number={numbers[current] ?? 0}
                  noun={it}
                  download={recordingUrl(session.id, 'out', purpose)}
                />
              )}
            </div>
          </div>
        </>
      )}
      <p className="downloads">
        The bytes themselves:{' '}
        <a href={recordingUrl(session.id, 'in', purpose)} download={`${session.id}.in`}>
          from the caller ({bytes(session.bytesIn)})
        </a>
        ,{' '}
        <a href={recordingUrl(session.id, 'out', purpose)} download={`${session.id}.out`}>
          to the caller ({bytes(session.bytesOut)})
        </a>
      </p>
    </section>
  );
}
