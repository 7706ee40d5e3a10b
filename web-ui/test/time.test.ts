import { describe, expect, it } from 'vitest';
import { bytes, clockText, duration, local, timeLeft, timeLeftSpoken, utc } from '../src/text/time';

describe('time', () => {
  it('is counted down in minutes, hours and days, and never below nothing', () => {
    const now = Date.parse('2026-11-21T02:00:00Z');
    expect(timeLeft(now + 899_001, now)).toBe('15:00');
    expect(timeLeft(now + 59_000, now)).toBe('0:59');
    expect(timeLeft(now + 1, now)).toBe('0:01');
    expect(timeLeft(now, now)).toBe('0:00');
    expect(timeLeft(now - 5_000, now)).toBe('0:00');
    expect(timeLeft(now + 3_900_000, now)).toBe('1 h 05 min');
    expect(timeLeft(now + 90_000_000, now)).toBe('1 d 1 h');
  });

  it('is said without changing each second', () => {
    expect(timeLeftSpoken(899_000, 0)).toBe('14 minutes left');
    expect(timeLeftSpoken(61_000, 0)).toBe('1 minute left');
    expect(timeLeftSpoken(30_000, 0)).toBe('less than a minute left');
    expect(timeLeftSpoken(0, 1)).toBe('no time left');
  });

  it('of a recording has milliseconds, and hours when there are any', () => {
    expect(clockText(723_512_000)).toBe('12:03.512');
    expect(clockText(0)).toBe('0:00.000');
    expect(clockText(999)).toBe('0:00.000');
    expect(clockText(3_600_000_000 + 61_001_000)).toBe('1:01:01.001');
  });

  it('that something took has a unit that fits', () => {
    expect([0, 312, 4200, 41_000, 999_400, 1_530_000, 41_700_000, 125_000_000, 7_300_000_000].map(duration)).toEqual(
      ['0 µs', '312 µs', '4.2 ms', '41 ms', '999 ms', '1.53 s', '41.7 s', '2 min 05 s', '2 h 01 min'],
    );
    expect(duration(100_000)).toBe('100 ms');
    expect(duration(20_000_000)).toBe('20 s');
  });

  it('is shown in UTC, and as it came when it is none', () => {
    expect(utc('2026-11-21T02:25:07.123456Z')).toBe('2026-11-21 02:25:07 UTC');
    expect(utc('2026-11-21T04:25:07+02:00')).toBe('2026-11-21 02:25:07 UTC');
    expect(utc('soon')).toBe('soon');
    expect(local('soon')).toBe('soon');
  });

  it('here has its date only on another day', () => {
    const at = new Date(2026, 10, 21, 9, 5, 3);
    expect(local(at.toISOString(), at.getTime() + 1000)).toBe('09:05:03');
    expect(local(at.toISOString(), at.getTime() + 86_400_000)).toBe('2026-11-21 09:05:03');
  });
});

describe('bytes', () => {
  it('have binary units', () => {
    expect([0, 1023, 1024, 1_300_000, 48 * 1024 ** 3].map(bytes)).toEqual(['0 B', '1023 B', '1.0 KiB', '1.2 MiB', '48 GiB']);
  });
});
