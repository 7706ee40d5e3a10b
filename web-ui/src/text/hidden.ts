/** What a run of text is: shown as it is, or marked because an eye would miss or misread it. */
export type Run =
  | { kind: 'plain'; text: string }
  | { kind: 'hidden'; label: string; name: string }
  | { kind: 'lookalike'; text: string };

const C0 = [
  'NUL', 'SOH', 'STX', 'ETX', 'EOT', 'ENQ', 'ACK', 'BEL', 'BS', 'HT', 'LF', 'VT', 'FF', 'CR', 'SO',
  'SI', 'DLE', 'DC1', 'DC2', 'DC3', 'DC4', 'NAK', 'SYN', 'ETB', 'CAN', 'EM', 'SUB', 'ESC', 'FS',
  'GS', 'RS', 'US',
];

const NAMES: Record<number, string> = {
  0x7f: 'DEL',
  0x85: 'NEL',
  0xa0: 'NBSP',
  0xad: 'SHY',
  0x61c: 'ALM',
  0x200b: 'ZWSP',
  0x200c: 'ZWNJ',
  0x200d: 'ZWJ',
  0x200e: 'LRM',
  0x200f: 'RLM',
  0x2028: 'LS',
  0x2029: 'PS',
  0x202a: 'LRE',
  0x202b: 'RLE',
  0x202c: 'PDF',
  0x202d: 'LRO',
  0x202e: 'RLO',
  0x2060: 'WJ',
  0x2066: 'LRI',
  0x2067: 'RLI',
  0x2068: 'FSI',
  0x2069: 'PDI',
  0xfeff: 'BOM',
  0xfffd: 'not UTF-8, or the replacement character itself',
};

/**
 * Everything without a shape of its own: controls (but tab and line feed, which the page renders),
 * formats such as bidi and zero-width characters, separators and spaces that are not U+0020, private
 * and unassigned characters, lone surrogates, fillers, tags and supplementary variation selectors.
 */
const HIDDEN =
  /[^\P{C}\t\n]|[\p{Zl}\p{Zp}]|(?! )\p{Zs}|[\u115f\u1160\u3164\uffa0\u2800\ufffd]|[\u{e0100}-\u{e01ef}]/u;

const LATIN = /\p{Script=Latin}/u;
const CONFUSABLE = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}]|[\uff01-\uff5e]/u;
const PARTS = new RegExp(`(?<hidden>${HIDDEN.source})|(?<word>[\\p{L}\\p{M}\\p{N}_]+|[\\uff01-\\uff5e]+)`, 'gu');

/** Splits text into runs. The runs, put together, say everything that the text holds. */
export function runs(text: string): Run[] {
  const found: Run[] = [];
  let plainFrom = 0;
  const close = (to: number) => {
    if (to > plainFrom) {
      found.push({ kind: 'plain', text: text.slice(plainFrom, to) });
    }
  };
  for (const match of text.matchAll(PARTS)) {
    const { hidden, word } = match.groups as { hidden?: string; word?: string };
    if (hidden !== undefined) {
      close(match.index);
      found.push(hiddenRun(hidden));
      plainFrom = match.index + hidden.length;
    } else if (word !== undefined && isLookalike(word)) {
      close(match.index);
      found.push({ kind: 'lookalike', text: word });
      plainFrom = match.index + word.length;
    }
  }
  close(text.length);
  return found;
}

/** How many characters of a text cannot be seen, and how many words look like what they are not. */
export function hiddenIn(text: string): { hidden: number; lookalikes: number } {
  const all = runs(text);
  return {
    hidden: all.filter((run) => run.kind === 'hidden').length,
    lookalikes: all.filter((run) => run.kind === 'lookalike').length,
  };
}

function hiddenRun(character: string): Run {
  const point = character.codePointAt(0) ?? 0;
  const hex = `U+${point.toString(16).toUpperCase().padStart(4, '0')}`;
  const name = point < 0x20 ? C0[point] : NAMES[point];
  return {
    kind: 'hidden',
    label: name === undefined || name.length > 5 ? hex : name,
    name: name === undefined ? hex : `${hex} ${name}`,
  };
}

/** A word that mixes Latin with letters that look like Latin ones, or is written in full width. */
function isLookalike(word: string): boolean {
  return CONFUSABLE.test(word) && (LATIN.test(word) || /[\uff01-\uff5e]/.test(word));
}
