import { memo, useMemo } from 'react';
import type { Exchange } from '../api/views';

const WIDTH = 1000;

interface Props {
  exchanges: Exchange[];
  length: number;
  position: number;
}

/** When things happened, as a drawing above the scrubber; the list beside it says the same in words. */
export function Strip({ exchanges, length, position }: Props) {
  const x = Math.round((position / Math.max(1, length)) * WIDTH);
  return (
    <svg
      className="strip"
      viewBox={`0 0 ${WIDTH} 20`}
      preserveAspectRatio="none"
      aria-hidden="true"
      focusable="false"
    >
      <Marks exchanges={exchanges} length={length} />
      <rect className="cursor" x={Math.min(WIDTH - 2, x)} y="0" width="2" height="20" />
    </svg>
  );
}

/** At most one mark of each kind for a place, so that a long session draws no more than a short one. */
const Marks = memo(function Marks({ exchanges, length }: { exchanges: Exchange[]; length: number }) {
  const marks = useMemo(() => {
    const placed = new Map<string, { x: number; width: number; error: boolean }>();
    for (const exchange of exchanges) {
      const scale = WIDTH / Math.max(1, length);
      const x = Math.floor(exchange.micros * scale);
      const width = Math.max(3, Math.ceil((exchange.endMicros - exchange.micros) * scale));
      const error = exchange.error != null;
      const key = `${x} ${error}`;
      const before = placed.get(key);
      placed.set(key, { x, width: Math.max(width, before?.width ?? 0), error });
    }
    return [...placed.values()];
  }, [exchanges, length]);
  return (
    <>
      {marks.map(({ x, width, error }) => (
        <rect
          key={`${x} ${error}`}
          className={error ? 'mark error' : 'mark'}
          x={x}
          y={error ? 2 : 6}
          width={Math.min(width, WIDTH - x)}
          height={error ? 16 : 8}
        />
      ))}
    </>
  );
});
