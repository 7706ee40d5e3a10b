import { createContext, useContext } from 'react';
import type { Whoami } from '../api/views';

/** Who is signed in. Every page below the header has somebody. */
export const Identity = createContext<Whoami | null>(null);

export function useIdentity(): Whoami {
  const me = useContext(Identity);
  if (me === null) {
    throw new Error('identity: null (expected: a page shown to somebody who is signed in)');
  }
  return me;
}

/** The names of a chain, from who started it to who acts. */
export function namesOf(chain: Whoami['chain']): string[] {
  return chain.map((hop) => (typeof hop === 'string' ? hop : hop.name));
}
