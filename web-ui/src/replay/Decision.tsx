import type { OperationView } from '../api/views';
import { Icon, type IconName } from '../shell/Icon';
import { Inline } from '../text/Text';

/** A decision as icon and word. */
export function DecisionWord({ decision, byEdge = false }: { decision: string; byEdge?: boolean }) {
  const [icon, tone] = looks(decision);
  return (
    <span className={`decision tone-${tone}`}>
      <Icon name={icon} /> {decision}
      {byEdge && (
        <span className="muted">
          {' '}
          <Icon name="edge" /> by the edge itself
        </span>
      )}
    </span>
  );
}

function looks(decision: string): [IconName, string] {
  switch (decision) {
    case 'allowed':
      return ['yes', 'ok'];
    case 'held':
      return ['hold', 'hold'];
    case 'blocked':
      return ['no', 'stop'];
    default:
      return ['dot', 'plain'];
  }
}

/** How an operation ended, as icon and word. */
export function OutcomeWord({ operation }: { operation: OperationView }) {
  const status = operation.status ?? '';
  switch (operation.state) {
    case 'ok':
      return (
        <span className="tone-ok">
          <Icon name="yes" /> ok{' '}
          {operation.tag != null && operation.tag !== '' && (
            <code>
              <Inline text={operation.tag} most={60} />
            </code>
          )}
        </span>
      );
    case 'error':
    case 'refused':
      return (
        <span className="tone-stop">
          <Icon name="no" /> {operation.state} <Inline text={status} most={20} />
        </span>
      );
    case 'cancelled':
      return (
        <span>
          <Icon name="back" /> cancelled
        </span>
      );
    case 'unknown':
      return (
        <strong className="tone-stop">
          <Icon name="warn" /> unknown: nobody saw its end
        </strong>
      );
    default:
      return (
        <span className="tone-hold">
          <Icon name="time" /> {operation.state}
        </span>
      );
  }
}
