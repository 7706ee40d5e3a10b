const PATHS = {
  yes: 'M3 8.5l3.2 3.2L13 5',
  no: 'M4 4l8 8M12 4l-8 8',
  hold: 'M5.5 3.5v9M10.5 3.5v9',
  time: 'M8 4.2V8l2.6 1.8M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8',
  back: 'M6.5 4L3 7.5 6.5 11M3 7.5h6.5a3 3 0 0 1 0 6H7',
  change: 'M3 13l.6-2.8L10.8 3 13 5.2l-7.2 7.2L3 13M9.4 4.4l2.2 2.2',
  warn: 'M8 2.2L14.4 13.4H1.6L8 2.2M8 6.4v3.4M8 11.5v.4',
  dot: 'M8 5.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5',
  play: 'M5 3.2l7.6 4.8L5 12.8V3.2',
  edge: 'M8 1.8l5 2v4c0 3-2.1 5.2-5 6.4-2.9-1.2-5-3.4-5-6.4v-4l5-2',
} as const;

export type IconName = keyof typeof PATHS;

/** A small line drawing; always beside the word it stands for, so it says nothing to a voice. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
