import type { Exchange, OperationView } from '../api/views';

/** Whether nobody asked for it: the start, notices and errors that came by themselves. */
export function isUnasked(exchange: Exchange): boolean {
  return exchange.kind === 'unasked';
}

/** What was said: the recording's text, or the decision's where the recording has it cut or not at all. */
export function textOf(exchange: Exchange, operation: OperationView | null): string {
  return exchange.text !== '' && !exchange.truncated ? exchange.text : operation?.text || exchange.text;
}

/** Words for an exchange that has no text of its own. */
export function describe(exchange: Exchange): string {
  switch (exchange.kind) {
    case 'unasked':
      return 'said without being asked';
    case 'simple':
      return 'a further result of the same text';
    case 'extended':
      return 'prepared before the recording began';
    case 'copy':
      return 'COPY';
    case 'function':
      return 'function call';
    default:
      return exchange.kind;
  }
}

/** Whether the answer was there at a position. */
export function isAnswered(exchange: Exchange, position: number): boolean {
  return exchange.endMicros >= 0 && position >= exchange.endMicros;
}

/** How long the caller waited, null when no answer came. */
export function waited(exchange: Exchange): number | null {
  return exchange.endMicros < exchange.micros ? null : exchange.endMicros - exchange.micros;
}

/** For each exchange how many were asked up to and with it. */
export function numbering(exchanges: Exchange[]): number[] {
  let asked = 0;
  return exchanges.map((exchange) => (isUnasked(exchange) ? asked : ++asked));
}
