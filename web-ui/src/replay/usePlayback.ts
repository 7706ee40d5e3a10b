import { useCallback, useEffect, useRef, useState } from 'react';
import { advance, lengthen, start, type Idle, type PlaybackClock } from './clock';

export interface Playback {
  clock: PlaybackClock;
  change: (transition: (clock: PlaybackClock) => PlaybackClock) => void;
}

/** Drives a clock from the browser's frames while it plays. */
export function usePlayback(length: number, idle: readonly Idle[]): Playback {
  const [clock, setClock] = useState(() => start(length));
  const stretches = useRef(idle);
  stretches.current = idle;

  useEffect(() => setClock((old) => lengthen(old, length)), [length]);
  useEffect(() => {
    if (!clock.playing) {
      return;
    }
    let before = performance.now();
    let frame = requestAnimationFrame(function tick(now) {
      const passed = Math.max(0, now - before) * 1000;
      before = now;
      setClock((old) => advance(old, passed, stretches.current));
      frame = requestAnimationFrame(tick);
    });
    return () => cancelAnimationFrame(frame);
  }, [clock.playing]);

  const change = useCallback(
    (transition: (clock: PlaybackClock) => PlaybackClock) => setClock(transition),
    [],
  );
  return { clock, change };
}
