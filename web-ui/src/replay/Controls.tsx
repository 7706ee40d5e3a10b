import { useId, type KeyboardEvent } from 'react';
import type { Exchange } from '../api/views';
import { clockText } from '../text/time';
import { count } from '../text/Text';
import { atSpeed, SPEEDS, type PlaybackClock } from './clock';
import { Strip } from './Strip';

interface Props {
  clock: PlaybackClock;
  change: (transition: (clock: PlaybackClock) => PlaybackClock) => void;
  exchanges: Exchange[];
  length: number;
  /** Index of the exchange shown, -1 before the first. */
  current: number;
  /** Which of the asked ones that is. */
  number: number;
  total: number;
  noun: string;
  toggle: () => void;
  show: (index: number) => void;
  scrub: (position: number) => void;
}

/** Play, pause, step, speed, and the scrubber. */
export function Controls(props: Props) {
  const { clock, change, exchanges, length, current, number, total, noun, toggle, show, scrub } = props;
  const speed = useId();
  const place =
    number < 1 ? `before the first of ${count(total)}` : `${count(number)} of ${count(total)}`;
  return (
    <div className="controls" role="group" aria-label="Playback">
      <div className="buttons">
        <button type="button" onClick={() => show(current - 1)} disabled={current <= 0}>
          Previous
        </button>
        <button type="button" className="primary" onClick={toggle}>
          {clock.playing ? 'Pause' : 'Play'}
        </button>
        <button
          type="button"
          onClick={() => show(current + 1)}
          disabled={current >= exchanges.length - 1}
        >
          Next
        </button>
        <label htmlFor={speed}>Speed</label>
        <select
          id={speed}
          value={clock.speed}
          onChange={(event) => change((old) => atSpeed(old, Number(event.target.value)))}
        >
          {SPEEDS.map((one) => (
            <option key={one} value={one}>
              {one}×
            </option>
          ))}
        </select>
        <label className="check">
          <input
            type="checkbox"
            checked={clock.skipIdle}
            onChange={(event) => {
              const skipIdle = event.target.checked;
              change((old) => ({ ...old, skipIdle }));
            }}
          />
          Skip idle time
        </label>
        <span className="where">
          <span className="digits">
            {clockText(clock.position)} / {clockText(clock.length)}
          </span>{' '}
          <span className="muted">
            {noun} {place}
          </span>
        </span>
      </div>
      <Strip exchanges={exchanges} length={length} position={clock.position} />
      <input
        type="range"
        className="scrubber"
        aria-label="Position"
        aria-valuetext={`${clockText(clock.position)}, ${noun} ${place}`}
        min={0}
        max={Math.max(1, clock.length)}
        step={1000}
        value={clock.position}
        onChange={(event) => scrub(Number(event.target.value))}
        onKeyDown={(event) => {
          const by = keyStep(event, clock.length);
          if (by !== 0) {
            event.preventDefault();
            scrub(clock.position + by);
          }
        }}
      />
    </div>
  );
}

/** An arrow moves by a fiftieth, from a tenth of a second to ten; the slider's own step is too fine. */
function keyStep(event: KeyboardEvent, length: number): number {
  const step = Math.min(10_000_000, Math.max(100_000, length / 50));
  switch (event.key) {
    case 'ArrowRight':
    case 'ArrowUp':
      return step;
    case 'ArrowLeft':
    case 'ArrowDown':
      return -step;
    default:
      return 0;
  }
}
