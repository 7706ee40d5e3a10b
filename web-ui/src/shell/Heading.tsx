import { useEffect, useRef, type ReactNode } from 'react';

interface Props {
  /** For the window's title. */
  title: string;
  children: ReactNode;
}

let shown: string | null = null;

/** The page's heading: names the window, and takes the focus when another page came before. */
export function Heading({ title, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} – Countersign`;
  }, [title]);
  useEffect(() => {
    const path = window.location.pathname;
    if (shown !== null && shown !== path) {
      heading.current?.focus();
    }
    shown = path;
  }, []);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  );
}
