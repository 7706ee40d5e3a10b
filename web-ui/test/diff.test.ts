import { describe, expect, it } from 'vitest';
import { diff, type Piece } from '../src/text/diff';

const side = (pieces: Piece[], other: Piece['kind']) =>
  pieces.filter((piece) => piece.kind !== other).map((piece) => piece.text).join('');

describe('the comparison of two texts', () => {
  it('names the words that were put in', () => {
    expect(diff('delete from t where id = 1;', 'delete from t where id = 1 and refunded;')).toEqual([
      { kind: 'same', text: 'delete from t where id = 1' },
      { kind: 'added', text: ' and refunded' },
      { kind: 'same', text: ';' },
    ]);
  });

  it('names a word that was replaced', () => {
    expect(diff('select a from t', 'select b from t')).toEqual([
      { kind: 'same', text: 'select ' },
      { kind: 'removed', text: 'a' },
      { kind: 'added', text: 'b' },
      { kind: 'same', text: ' from t' },
    ]);
  });

  it('sees a difference in whitespace and in line ends', () => {
    expect(diff('a b', 'a  b').filter((piece) => piece.kind !== 'same')).toHaveLength(2);
    expect(diff('a\r\nb', 'a\nb').filter((piece) => piece.kind !== 'same')).toHaveLength(2);
  });

  it('finds nothing between equal texts', () => {
    expect(diff('select 1;', 'select 1;')).toEqual([{ kind: 'same', text: 'select 1;' }]);
    expect(diff('', '')).toEqual([]);
  });

  it('loses no character of either text', () => {
    let seed = 7;
    const next = (below: number) => (seed = (seed * 48271) % 2147483647) % below;
    const words = ['a', 'bb', ' ', '  ', '\n', '\r\n', ';', '\u202e', '🦊', '\ud83e', 'é', '\0'];
    const text = () => Array.from({ length: next(30) }, () => words[next(words.length)]).join('');
    for (let i = 0; i < 500; i++) {
      const [before, after] = [text(), text()];
      const pieces = diff(before, after);
      expect(side(pieces, 'added')).toBe(before);
      expect(side(pieces, 'removed')).toBe(after);
    }
  });

  it('bounds its work on very long texts and still loses nothing', () => {
    const before = 'x '.repeat(20_000);
    const after = 'y '.repeat(20_000);
    const pieces = diff(before, after);
    expect(side(pieces, 'added')).toBe(before);
    expect(side(pieces, 'removed')).toBe(after);
  });
});
