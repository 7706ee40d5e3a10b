import { useCallback, useEffect, useRef, useState } from 'react';
import { advance, lengthen, start, type Idle, type PlaybackClock } from './clock';

export interface Playback {
  clock: PlaybackClock;
  change: (transition: (clock: PlaybackClock) => PlaybackClock) => void;
}

/** Drives a clock from the browser's frames while it plays. */
export function usePlayback(length: number, idle: readonly Idle[]): Playback {
  const [held, setHeld] = useState(() => start(length));
  // What is known of the recording is taken in before each step, never a render too late.
  const known = useRef({ length, idle });
  known.current = { length, idle };
  const change = useCallback((transition: (clock: PlaybackClock) => PlaybackClock) => {
    setHeld((old) => transition(lengthen(old, known.current.length)));
  }, []);

  useEffect(() => {
    if (!held.playing) {
      return;
    }
    let before = performance.now();
    let frame = requestAnimationFrame(function tick(now) {
      const passed = Math.max(0, now - before) * 1000;
      before = now;
      change((clock) => advance(clock, passed, known.current.idle));
      frame = requestAnimationFrame(tick);
    });
    return () => cancelAnimationFrame(frame);
  }, [held.playing, change]);

  return { clock: lengthen(held, length), change };
}
