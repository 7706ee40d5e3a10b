import type { DemoPerson } from '../api/views';
import { Inline } from '../text/Text';
import { Heading } from './Heading';

/** What somebody sees whom nothing proves yet. */
export function SignedOut({ people }: { people: DemoPerson[] | null }) {
  return (
    <main id="main" className="signed-out">
      <p className="brand">
        <img src="/favicon.svg" alt="" width="28" height="28" /> Countersign
      </p>
      <Heading title="Sign in">Sign in</Heading>
      <p>
        Countersign stands between callers and the systems they operate. Whoever asks is never the
        one who approves, and everything that was done can be looked at again.
      </p>
      {people === null ? (
        <>
          <p>
            Come in with a token of your organisation&apos;s identity provider. In a terminal,{' '}
            <code>countersign login</code> signs you in and <code>countersign approvals</code> shows
            what waits for you; a program sends the token as <code>Authorization: Bearer</code>.
          </p>
          <p className="muted">
            Was this page open before? Your proof of identity ended; sign in again the same way.
          </p>
        </>
      ) : (
        <section aria-labelledby="people">
          <h2 id="people">People of the demo</h2>
          <p className="muted">Each link signs you in as that person, on this machine only.</p>
          <ul className="people">
            {people.map((person) => (
              <li key={person.name}>
                <a href={`/demo/as/${encodeURIComponent(person.name)}`}>
                  <strong>{person.name}</strong>
                </a>{' '}
                <span className="muted">
                  <Inline text={person.groups.join(', ')} />
                </span>
                <br />
                <Inline text={person.what} most={400} />
              </li>
            ))}
          </ul>
        </section>
      )}
    </main>
  );
}
