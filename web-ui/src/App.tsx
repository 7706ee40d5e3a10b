import { useCallback, useEffect, useState } from 'react';
import { demoPeople, onSignedOut, whoami } from './api/client';
import { problemFrom, type Problem } from './api/problem';
import type { DemoPerson, Whoami } from './api/views';
import { ApprovalPage } from './approvals/ApprovalPage';
import { ApprovalsPage } from './approvals/ApprovalsPage';
import { useQueue } from './approvals/queue';
import { EvidencePage } from './evidence/EvidencePage';
import { useLocation } from './router';
import { SessionPage } from './sessions/SessionPage';
import { SessionsPage } from './sessions/SessionsPage';
import { Failure } from './shell/Failure';
import { Header } from './shell/Header';
import { Heading } from './shell/Heading';
import { Identity } from './shell/identity';
import { IntegrityBanner } from './shell/IntegrityBanner';
import { Link } from './shell/Link';
import { SignedOut } from './shell/SignedOut';

type SignIn =
  | { kind: 'asking' }
  | { kind: 'out' }
  | { kind: 'failed'; problem: Problem }
  | { kind: 'in'; me: Whoami };

export function App() {
  const [signIn, setSignIn] = useState<SignIn>({ kind: 'asking' });
  const [people, setPeople] = useState<DemoPerson[] | null>(null);
  const ask = useCallback(() => {
    whoami().then(
      (me) => setSignIn({ kind: 'in', me }),
      (thrown: unknown) => {
        const problem = problemFrom(thrown);
        setSignIn(problem.status === 401 ? { kind: 'out' } : { kind: 'failed', problem });
      },
    );
  }, []);
  const out = useCallback(() => setSignIn({ kind: 'out' }), []);
  useEffect(() => {
    onSignedOut(out);
    ask();
    void demoPeople().then(setPeople);
  }, [ask, out]);

  switch (signIn.kind) {
    case 'asking':
      return <p className="asking">Asking who you are…</p>;
    case 'out':
      return <SignedOut people={people} />;
    case 'failed':
      return (
        <main id="main">
          <Failure problem={signIn.problem} retry={ask} />
        </main>
      );
    case 'in':
      return (
        <Identity value={signIn.me}>
          <Pages me={signIn.me} demo={people !== null} onSignedOut={out} />
        </Identity>
      );
  }
}

interface PagesProps {
  me: Whoami;
  demo: boolean;
  onSignedOut: () => void;
}

function Pages({ me, demo, onSignedOut }: PagesProps) {
  const { path, search } = useLocation();
  const queue = useQueue();
  return (
    <>
      <Header
        me={me}
        path={path}
        waiting={queue.loaded ? queue.waiting : null}
        demo={demo}
        onSignedOut={onSignedOut}
      />
      <IntegrityBanner />
      <main id="main" tabIndex={-1}>
        <Page path={path} search={search} queue={queue} />
      </main>
    </>
  );
}

interface PageProps {
  path: string;
  search: string;
  queue: ReturnType<typeof useQueue>;
}

function Page({ path, search, queue }: PageProps) {
  const [, first = '', id, ...more] = path.split('/').map(decode);
  const known = more.length === 0;
  if (known && (first === '' || first === 'approvals')) {
    return id === undefined ? (
      <ApprovalsPage queue={queue} search={search} />
    ) : (
      <ApprovalPage key={id} id={id} />
    );
  }
  if (known && first === 'evidence' && id === undefined) {
    return <EvidencePage />;
  }
  if (known && first === 'sessions') {
    return id === undefined ? <SessionsPage search={search} /> : <SessionPage key={id} id={id} />;
  }
  return (
    <>
      <Heading title="Not found">There is no such page</Heading>
      <p>
        <Link to="/approvals">Approvals</Link> and <Link to="/sessions">sessions</Link> are what
        there is.
      </p>
    </>
  );
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
