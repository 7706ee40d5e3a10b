import type { AnchorHTMLAttributes, MouseEvent } from 'react';
import { go } from '../router';

type Props = AnchorHTMLAttributes<HTMLAnchorElement> & { to: string };

/** A link within the application; a click meant for a new tab stays the browser's. */
export function Link({ to, ...rest }: Props) {
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) {
      return;
    }
    event.preventDefault();
    go(to);
  };
  return <a {...rest} href={to} onClick={follow} />;
}
