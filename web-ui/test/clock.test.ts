import { describe, expect, it } from 'vitest';
import { advance, atSpeed, idleBetween, indexAt, lengthen, seek, start, toggle } from '../src/replay/clock';

const playing = (length: number) => toggle(start(length));

describe('the playback clock', () => {
  it('stands still until it plays', () => {
    expect(advance(start(10_000), 5_000, []).position).toBe(0);
  });

  it('passes wall time times its speed', () => {
    expect(advance(playing(100_000), 5_000, []).position).toBe(5_000);
    expect(advance(atSpeed(playing(100_000), 16), 5_000, []).position).toBe(80_000);
    expect(advance(atSpeed(playing(100_000), 0.5), 5_000, []).position).toBe(2_500);
  });

  it('stops at the end and starts over from there', () => {
    const ended = advance(playing(10_000), 60_000, []);
    expect(ended).toMatchObject({ position: 10_000, playing: false });
    expect(toggle(ended)).toMatchObject({ position: 0, playing: true });
  });

  it('keeps its place when it is stopped and started', () => {
    const stopped = toggle(advance(playing(10_000), 4_000, []));
    expect(stopped).toMatchObject({ position: 4_000, playing: false });
    expect(toggle(stopped)).toMatchObject({ position: 4_000, playing: true });
  });

  it('seeks within its bounds only', () => {
    expect(seek(start(10_000), 7_000).position).toBe(7_000);
    expect(seek(start(10_000), -1).position).toBe(0);
    expect(seek(start(10_000), 10_001).position).toBe(10_000);
  });

  it('takes no speed it does not offer', () => {
    expect(atSpeed(start(1), 33).speed).toBe(1);
    expect(atSpeed(start(1), NaN).speed).toBe(1);
  });

  it('grows with what is loaded', () => {
    const ended = advance(playing(10_000), 60_000, []);
    expect(lengthen(ended, 20_000)).toMatchObject({ position: 10_000, length: 20_000 });
    expect(lengthen(ended, 5_000)).toMatchObject({ position: 5_000, length: 5_000 });
  });

  it('ignores time that runs backwards', () => {
    expect(advance(seek(playing(10_000), 5_000), -100, []).position).toBe(5_000);
  });
});

describe('idle time', () => {
  const idle = idleBetween([1_000_000, 30_000_000, 30_100_000, 90_000_000], 1_500_000, 600_000);

  it('is a stretch between moments that are far apart, less a lead', () => {
    expect(idle).toEqual([
      { from: 1_300_000, to: 29_700_000 },
      { from: 30_400_000, to: 89_700_000 },
    ]);
  });

  it('is jumped over at no cost of time', () => {
    const clock = seek(playing(100_000_000), 1_000_000);
    expect(advance(clock, 400_000, idle).position).toBe(29_800_000);
  });

  it('is jumped over several times in one long step', () => {
    const clock = seek(playing(100_000_000), 1_000_000);
    // 0.3 s to the first stretch, 0.7 s to the second, 1 s after it.
    expect(advance(clock, 2_000_000, idle).position).toBe(90_700_000);
  });

  it('is left at once when playback starts inside it', () => {
    expect(advance(seek(playing(100_000_000), 10_000_000), 1_000, idle).position).toBe(29_701_000);
  });

  it('is played when nobody wants it skipped', () => {
    const clock = { ...seek(playing(100_000_000), 1_000_000), skipIdle: false };
    expect(advance(clock, 400_000, idle).position).toBe(1_400_000);
  });

  it('passes the same time whether in one step or in many', () => {
    let many = playing(100_000_000);
    for (let i = 0; i < 250; i++) {
      many = advance(many, 10_000, idle);
    }
    expect(many.position).toBe(advance(playing(100_000_000), 2_500_000, idle).position);
  });
});

describe('the statement at a position', () => {
  it('is the last that has started', () => {
    const starts = [100, 200, 200, 300];
    expect([99, 100, 199, 200, 299, 300, 9999].map((at) => indexAt(starts, at))).toEqual([
      -1, 0, 0, 2, 2, 3, 3,
    ]);
    expect(indexAt([], 5)).toBe(-1);
  });
});
