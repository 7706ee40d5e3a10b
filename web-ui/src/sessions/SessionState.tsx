import type { SessionView } from '../api/views';
import { Icon } from '../shell/Icon';

/** The state of a session as icon and word. */
export function SessionState({ session }: { session: SessionView }) {
  switch (session.state) {
    case 'open':
      return (
        <span className="tone-ok">
          <Icon name="dot" /> open
        </span>
      );
    case 'closed':
      return (
        <span>
          <Icon name="yes" /> closed
        </span>
      );
    case 'interrupted':
      return (
        <strong className="tone-stop">
          <Icon name="warn" /> interrupted
        </strong>
      );
    case 'erased':
      return <span className="muted">erased</span>;
  }
}
