import { act, renderHook } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { useLoad } from '../src/api/load';

interface Question {
  key: string;
  signal: AbortSignal;
  answer: (data: string) => Promise<void>;
  fail: (thrown: unknown) => Promise<void>;
}

function loading(first: string) {
  const questions: Question[] = [];
  const hook = renderHook(
    ({ key }) =>
      useLoad(
        key,
        (signal) =>
          new Promise<string>((resolve, reject) => {
            questions.push({
              key,
              signal,
              answer: (data) => act(async () => resolve(data)),
              fail: (thrown) => act(async () => reject(thrown)),
            });
          }),
      ),
    { initialProps: { key: first } },
  );
  return { questions, ...hook };
}

describe('loading', () => {
  it('drops an answer to what is no longer asked', async () => {
    const { questions, result, rerender } = loading('a');
    rerender({ key: 'b' });
    expect(questions[0]?.signal.aborted).toBe(true);
    await questions[1]?.answer('about b');
    await questions[0]?.answer('about a, late');
    expect(result.current.data).toBe('about b');
  });

  it('asks once more, not many times, when told to while an answer is on its way', async () => {
    const { questions, result } = loading('a');
    act(() => {
      for (let i = 0; i < 50; i++) {
        result.current.reload();
      }
    });
    expect(questions).toHaveLength(1);
    expect(questions[0]?.signal.aborted).toBe(false);
    await questions[0]?.answer('first');
    expect(result.current.data).toBe('first');
    expect(questions).toHaveLength(2);
    await questions[1]?.answer('second');
    expect(result.current.data).toBe('second');
    expect(questions).toHaveLength(2);
  });

  it('keeps what it has when asking again fails, beside the problem', async () => {
    const { questions, result } = loading('a');
    await questions[0]?.answer('first');
    act(() => result.current.reload());
    await questions[1]?.fail(new TypeError('fetch failed'));
    expect(result.current.data).toBe('first');
    expect(result.current.problem?.title).toBe('Countersign cannot be reached');
    act(() => result.current.reload());
    await questions[2]?.answer('third');
    expect(result.current).toMatchObject({ data: 'third', problem: null });
  });

  it('asks no more when its page is gone', async () => {
    const { questions, result, unmount } = loading('a');
    act(() => result.current.reload());
    unmount();
    expect(questions[0]?.signal.aborted).toBe(true);
    await questions[0]?.answer('late');
    expect(questions).toHaveLength(1);
  });
});
