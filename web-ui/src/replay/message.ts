import type { Message } from '../api/views';

/** The parts of a notice or error that a person reads, in order. */
export interface Words {
  severity: string;
  code: string;
  message: string;
  /** Detail, hint and the like, each with its name. */
  more: { name: string; text: string }[];
}

/** The letters of PostgreSQL's ErrorResponse fields, and their spelled-out names. */
const SEVERITY = ['severity', 'S', 'V'];
const CODE = ['sqlstate', 'code', 'C'];
const TEXT = ['message', 'M', 'text'];
const MORE: [string, string[]][] = [
  ['Detail', ['detail', 'D']],
  ['Hint', ['hint', 'H']],
  ['Where', ['where', 'W']],
];

export function wordsOf(message: Message): Words {
  if (typeof message === 'string') {
    return { severity: '', code: '', message, more: [] };
  }
  return {
    severity: first(message, SEVERITY),
    code: first(message, CODE),
    message: first(message, TEXT),
    more: MORE.map(([name, keys]) => ({ name, text: first(message, keys) })).filter(
      (one) => one.text !== '',
    ),
  };
}

export function codeOf(message: Message): string {
  return wordsOf(message).code.slice(0, 10);
}

/** When a notice came, in µs since the session opened; null when nobody says. */
export function microsOf(message: Message): number | null {
  const micros = typeof message === 'string' ? null : message['micros'];
  return typeof micros === 'number' && micros >= 0 ? micros : null;
}

function first(message: Record<string, string | number | null>, names: string[]): string {
  for (const name of names) {
    const value = message[name];
    if (typeof value === 'string' && value !== '') {
      return value;
    }
  }
  return '';
}
