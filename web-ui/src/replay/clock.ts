/**
 * Where playback stands. Immutable: each transition makes a new clock, and time comes in as a
 * parameter, so that nothing here depends on a timer. Positions are µs since the session opened.
 */
export interface PlaybackClock {
  readonly position: number;
  /** End of what can be played. */
  readonly length: number;
  readonly playing: boolean;
  readonly speed: number;
  readonly skipIdle: boolean;
}

/** A stretch in which nothing happens. */
export interface Idle {
  readonly from: number;
  readonly to: number;
}

export const SPEEDS = [0.5, 1, 2, 4, 8, 16, 32] as const;

export function start(length: number): PlaybackClock {
  return { position: 0, length: Math.max(0, length), playing: false, speed: 1, skipIdle: true };
}

/** Starts or stops; playing from the end starts over. */
export function toggle(clock: PlaybackClock): PlaybackClock {
  if (clock.playing) {
    return { ...clock, playing: false };
  }
  return { ...clock, playing: true, position: clock.position >= clock.length ? 0 : clock.position };
}

export function seek(clock: PlaybackClock, position: number): PlaybackClock {
  return { ...clock, position: Math.min(Math.max(0, position), clock.length) };
}

export function atSpeed(clock: PlaybackClock, speed: number): PlaybackClock {
  const known = SPEEDS.find((one) => one === speed);
  return known === undefined ? clock : { ...clock, speed: known };
}

/** More of the recording is known. Playback that has run past what was known is held at its end. */
export function lengthen(clock: PlaybackClock, length: number): PlaybackClock {
  const longer = Math.max(0, length);
  return { ...clock, length: longer, position: Math.min(clock.position, longer) };
}

/**
 * Lets `wallMicros` of real time pass. Idle stretches, sorted and apart, are jumped over when that is
 * wanted and take no time. Stops at the end.
 */
export function advance(
  clock: PlaybackClock,
  wallMicros: number,
  idle: readonly Idle[],
): PlaybackClock {
  if (!clock.playing || wallMicros <= 0) {
    return clock;
  }
  let left = wallMicros * clock.speed;
  let position = clock.position;
  if (clock.skipIdle) {
    for (const stretch of idle) {
      if (stretch.to <= position) {
        continue;
      }
      if (position + left < stretch.from) {
        break;
      }
      left -= Math.max(0, stretch.from - position);
      position = stretch.to;
    }
  }
  position = Math.min(position + left, clock.length);
  return { ...clock, position, playing: position < clock.length };
}

/**
 * The stretches longer than `least` between moments, each shortened so that `lead` µs of it remain:
 * half after what came before, half before what comes.
 */
export function idleBetween(
  moments: readonly number[],
  least = 1_500_000,
  lead = 600_000,
): Idle[] {
  const sorted = [0, ...moments].sort((a, b) => a - b);
  const found: Idle[] = [];
  for (let i = 1; i < sorted.length; i++) {
    const from = sorted[i - 1] ?? 0;
    const to = sorted[i] ?? 0;
    if (to - from > least) {
      found.push({ from: from + lead / 2, to: to - lead / 2 });
    }
  }
  return found;
}

/** Index of the last moment at or before a position, -1 when there is none. `starts` ascends. */
export function indexAt(starts: readonly number[], position: number): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? Infinity) <= position) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low - 1;
}
