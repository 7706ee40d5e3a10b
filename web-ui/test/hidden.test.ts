import { describe, expect, it } from 'vitest';
import { hiddenIn, runs } from '../src/text/hidden';

const labels = (text: string) => runs(text).flatMap((run) => (run.kind === 'hidden' ? [run.label] : []));

describe('characters that an eye cannot see', () => {
  it('are controls, by name', () => {
    expect(labels('\0\u0007\u001b[2J\r\u007f\u0085')).toEqual(['NUL', 'BEL', 'ESC', 'CR', 'DEL', 'NEL']);
  });

  it('are those that reorder text', () => {
    expect(labels('\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c')).toHaveLength(12);
  });

  it('are those without width, fillers, tags and variation selectors', () => {
    expect(labels('\u200b\u200c\u200d\u2060\ufeff\u00ad\u3164\u115f\uffa0\u2800\u{e0041}\u{e0100}\u034f'.slice(0, -1))).toHaveLength(12);
  });

  it('are spaces that are not the space, and separators', () => {
    expect(labels('\u00a0\u2003\u3000\u2028\u2029')).toEqual(['NBSP', 'U+2003', 'U+3000', 'LS', 'PS']);
  });

  it('are lone surrogates, private and unassigned characters', () => {
    expect(labels('\ud800 \udc00 \ue000 \u{10ffff}')).toEqual(['U+D800', 'U+DC00', 'U+E000', 'U+10FFFF']);
  });

  it('are not tab, line feed, space or letters of any script', () => {
    expect(runs('select\t1\n  é 語 שרה 🦊')).toEqual([{ kind: 'plain', text: 'select\t1\n  é 語 שרה 🦊' }]);
  });
});

describe('words that look like others', () => {
  it('mix Latin with Cyrillic or Greek, or are in full width', () => {
    expect(hiddenIn('delete from p\u0430yments')).toEqual({ hidden: 0, lookalikes: 1 });
    expect(hiddenIn('\uff53\uff45\uff4c\uff45\uff43\uff54')).toEqual({ hidden: 0, lookalikes: 1 });
  });

  it('are not words of one script', () => {
    expect(hiddenIn("insert into имена values ('Ада', 'Ada', 'Αδα')")).toEqual({ hidden: 0, lookalikes: 0 });
  });
});

describe('runs', () => {
  it('put together say the whole text', () => {
    const text = 'a\u202eb p\u0430y\0\n\u200b end';
    const back = runs(text).map((run) => (run.kind === 'hidden' ? '#' : run.text)).join('');
    expect(back).toBe('a#b p\u0430y#\n# end');
  });
});
