/** A piece of a comparison: in both texts, only in the first, or only in the second. */
export interface Piece {
  kind: 'same' | 'removed' | 'added';
  text: string;
}

/** Beyond this many cells the middle is shown as replaced whole rather than compared. */
const MOST_CELLS = 4_000_000;

/**
 * Compares two texts word by word: the `same` and `removed` pieces make up the first text exactly,
 * `same` and `added` the second. A longest common subsequence after the common start and end.
 */
export function diff(before: string, after: string): Piece[] {
  const a = words(before);
  const b = words(after);
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) {
    start++;
  }
  let end = 0;
  while (
    end < a.length - start &&
    end < b.length - start &&
    a[a.length - 1 - end] === b[b.length - 1 - end]
  ) {
    end++;
  }
  const pieces: Piece[] = [];
  add(pieces, 'same', a.slice(0, start).join(''));
  between(pieces, a.slice(start, a.length - end), b.slice(start, b.length - end));
  add(pieces, 'same', a.slice(a.length - end).join(''));
  return pieces;
}

/** Words, runs of whitespace without line ends, line ends, and every other character alone. */
function words(text: string): string[] {
  return text.match(/[\p{L}\p{M}\p{N}_]+|\r?\n|[^\S\r\n]+|[^]/gu) ?? [];
}

function between(pieces: Piece[], a: string[], b: string[]): void {
  if (a.length === 0 || b.length === 0 || a.length * b.length > MOST_CELLS) {
    add(pieces, 'removed', a.join(''));
    add(pieces, 'added', b.join(''));
    return;
  }
  const width = b.length + 1;
  const longest = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number) => longest[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      longest[i * width + j] =
        a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      add(pieces, 'same', a[i] ?? '');
      i++;
      j++;
    } else if (i < a.length && (j >= b.length || at(i + 1, j) >= at(i, j + 1))) {
      add(pieces, 'removed', a[i] ?? '');
      i++;
    } else {
      add(pieces, 'added', b[j] ?? '');
      j++;
    }
  }
}

function add(pieces: Piece[], kind: Piece['kind'], text: string): void {
  const last = pieces[pieces.length - 1];
  if (text === '') {
    return;
  }
  if (last?.kind === kind) {
    last.text += text;
  } else {
    pieces.push({ kind, text });
  }
}
