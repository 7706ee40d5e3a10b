/** Time left until a moment, as a person counts it: `14:59`, `1 h 05 min`, `0:00` when it is over. */
export function timeLeft(untilMillis: number, nowMillis: number): string {
  const seconds = Math.max(0, Math.ceil((untilMillis - nowMillis) / 1000));
  if (seconds >= 86_400) {
    const days = Math.floor(seconds / 86_400);
    return `${days} d ${Math.floor((seconds % 86_400) / 3600)} h`;
  }
  if (seconds >= 3600) {
    return `${Math.floor(seconds / 3600)} h ${pad(Math.floor((seconds % 3600) / 60))} min`;
  }
  return `${Math.floor(seconds / 60)}:${pad(seconds % 60)}`;
}

/** The same for a voice, rough enough not to change each second. */
export function timeLeftSpoken(untilMillis: number, nowMillis: number): string {
  const seconds = Math.max(0, Math.ceil((untilMillis - nowMillis) / 1000));
  if (seconds === 0) {
    return 'no time left';
  }
  if (seconds < 60) {
    return 'less than a minute left';
  }
  const minutes = Math.floor(seconds / 60);
  return minutes < 120
    ? `${minutes} ${minutes === 1 ? 'minute' : 'minutes'} left`
    : `${Math.floor(minutes / 60)} hours left`;
}

/** Position in a recording: `12:03.512`, with hours only when there are any. */
export function clockText(micros: number): string {
  const millis = Math.max(0, Math.floor(micros / 1000));
  const hours = Math.floor(millis / 3_600_000);
  const minutes = Math.floor((millis % 3_600_000) / 60_000);
  const seconds = Math.floor((millis % 60_000) / 1000);
  const rest = `${pad(seconds)}.${String(millis % 1000).padStart(3, '0')}`;
  return hours > 0 ? `${hours}:${pad(minutes)}:${rest}` : `${minutes}:${rest}`;
}

/** How long something took: `312 µs`, `4.2 ms`, `1.53 s`, `2 min 05 s`. */
export function duration(micros: number): string {
  if (micros < 1000) {
    return `${Math.max(0, Math.round(micros))} µs`;
  }
  if (micros < 999_500) {
    return `${Number((micros / 1000).toPrecision(3))} ms`;
  }
  if (micros < 60_000_000) {
    return `${Number((micros / 1_000_000).toFixed(2))} s`;
  }
  const seconds = Math.round(micros / 1_000_000);
  return seconds < 3600
    ? `${Math.floor(seconds / 60)} min ${pad(seconds % 60)} s`
    : `${Math.floor(seconds / 3600)} h ${pad(Math.floor((seconds % 3600) / 60))} min`;
}

/** A moment in UTC: `2026-11-21 02:25:07 UTC`; the text as it came when it is none. */
export function utc(iso: string): string {
  const at = new Date(iso);
  return Number.isNaN(at.getTime())
    ? iso
    : `${at.toISOString().slice(0, 10)} ${at.toISOString().slice(11, 19)} UTC`;
}

/** The time of day here, with the date when it is another day than `now`. */
export function local(iso: string, nowMillis: number = Date.now()): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) {
    return iso;
  }
  const time = `${pad(at.getHours())}:${pad(at.getMinutes())}:${pad(at.getSeconds())}`;
  const now = new Date(nowMillis);
  const today =
    at.getFullYear() === now.getFullYear() &&
    at.getMonth() === now.getMonth() &&
    at.getDate() === now.getDate();
  return today
    ? time
    : `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())} ${time}`;
}

/** Bytes as people read them: `512 B`, `1.2 MiB`. */
export function bytes(n: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = n;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return unit === 0 ? `${n} B` : `${value.toFixed(value < 10 ? 1 : 0)} ${units[unit] ?? ''}`;
}

function pad(n: number): string {
  return String(n).padStart(2, '0');
}
