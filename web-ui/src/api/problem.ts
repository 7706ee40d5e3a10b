/** A refusal or failure of the API (RFC 9457), or of the way to it, in words for a person. */
export class Problem extends Error {
  readonly type: string;
  readonly title: string;
  readonly detail: string;
  /** HTTP status; 0 when nothing answered. */
  readonly status: number;

  constructor(type: string, title: string, detail: string, status: number) {
    super(detail === '' ? title : `${title}: ${detail}`);
    this.type = type;
    this.title = title;
    this.detail = detail;
    this.status = status;
  }

  /** The last part of `urn:countersign:problem:<name>`, empty for other types. */
  get kind(): string {
    return this.type.startsWith(PREFIX) ? this.type.slice(PREFIX.length) : '';
  }

  /** Whether content opens only to somebody who says what for. */
  get asksPurpose(): boolean {
    return this.kind === 'purpose-required' || this.kind === 'purposeRequired';
  }
}

const PREFIX = 'urn:countersign:problem:';
const LONGEST = 2000;

/** Reads the body of a failed answer; whatever came instead of a problem document still gets words. */
export function problemOf(status: number, body: unknown): Problem {
  if (typeof body === 'object' && body !== null) {
    const type = text((body as Record<string, unknown>)['type'], 'about:blank');
    const title = text((body as Record<string, unknown>)['title'], titleOf(status));
    const detail = text((body as Record<string, unknown>)['detail'], '');
    return new Problem(type, title, detail, status);
  }
  return new Problem('about:blank', titleOf(status), '', status);
}

/** Turns anything thrown on the way into a problem. */
export function problemFrom(thrown: unknown): Problem {
  if (thrown instanceof Problem) {
    return thrown;
  }
  return new Problem(
    'about:blank',
    'Countersign cannot be reached',
    'Nothing was changed by this page. It tries again by itself; what waits keeps waiting.',
    0,
  );
}

function text(value: unknown, otherwise: string): string {
  return typeof value === 'string' && value !== '' ? value.slice(0, LONGEST) : otherwise;
}

function titleOf(status: number): string {
  switch (status) {
    case 401:
      return 'You are signed out';
    case 403:
      return 'You may not see or do this';
    case 404:
      return 'There is no such thing, or you may not see it';
    case 409:
      return 'Somebody was faster';
    case 413:
      return 'That is too large';
    case 429:
      return 'Too much at once';
    case 503:
      return 'Countersign cannot do this right now';
    default:
      return `The server answered with status ${status}`;
  }
}
