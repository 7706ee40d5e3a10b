import { Link } from './Link';

/** Links to the first and the following page; the browser's own way back leads to the one before. */
export function Paging({ first, next }: { first: string | null; next: string | null }) {
  if (first === null && next === null) {
    return null;
  }
  return (
    <nav className="paging" aria-label="More of this list">
      {first !== null && <Link to={first}>Newest</Link>}
      {next !== null && (
        <Link to={next} rel="next">
          Older
        </Link>
      )}
    </nav>
  );
}
