import type { ApprovalView, Whoami } from '../api/views';
import type { IconName } from '../shell/Icon';

/** What the protocol calls an operation. */
export function noun(protocol: string): string {
  switch (protocol) {
    case 'postgres':
      return 'statement';
    case 'ssh':
      return 'command';
    case 'mcp':
      return 'tool call';
    case 'kubernetes':
      return 'request';
    default:
      return 'operation';
  }
}

export interface Outcome {
  icon: IconName;
  tone: 'ok' | 'hold' | 'stop' | 'plain';
  word: string;
  words: string;
}

/** How an approval stands, in a word and in a sentence. */
export function outcome(view: ApprovalView): Outcome {
  const last = view.answers[view.answers.length - 1];
  const yes = people(view.answers.filter((answer) => answer.kind !== 'denied').map((a) => a.by));
  const it = noun(view.protocol);
  const changed = view.modifiedText != null;
  switch (view.state) {
    case 'pending':
      return {
        icon: 'hold',
        tone: 'hold',
        word: 'waiting',
        words:
          view.waiting === 'ticket'
            ? `The request waits; the caller runs the ${it} again when it is approved.`
            : `The ${it} waits.`,
      };
    case 'approved':
      return {
        icon: 'yes',
        tone: 'ok',
        word: 'approved',
        words: `Approved by ${yes}. The ${it} may run, once.`,
      };
    case 'modified':
      return {
        icon: 'change',
        tone: 'ok',
        word: 'modified',
        words: `Modified by ${yes}. The new text may run in its place, once.`,
      };
    case 'used':
      return {
        icon: changed ? 'change' : 'yes',
        tone: 'ok',
        word: 'used',
        words: changed
          ? `Modified by ${yes}. The new text went to ${view.target} in its place.`
          : `Approved by ${yes}. The ${it} went to ${view.target}.`,
      };
    case 'denied':
      return {
        icon: 'no',
        tone: 'stop',
        word: 'denied',
        words: `Denied by ${last?.by ?? 'somebody'}${last?.reason ? `: ${last.reason}` : '.'}`,
      };
    case 'expired':
      return {
        icon: 'time',
        tone: 'plain',
        word: 'expired',
        words: `Nobody answered in time. The ${it} did not run.`,
      };
    case 'withdrawn':
      return {
        icon: 'back',
        tone: 'plain',
        word: 'withdrawn',
        words: `Taken back before it ran.`,
      };
  }
}

/** Why this person would be refused; empty when nothing known here speaks against it. */
export function cannotAnswer(view: ApprovalView, me: Whoami): string {
  const it = noun(view.protocol);
  const who = view.by.length === 0 ? 'nobody' : view.by.join(' or ');
  if (isOwn(view, me)) {
    return `It is your own request: you asked, or own who asked. Somebody else of ${who} answers.`;
  }
  if (me.kind !== 'human') {
    return 'Only people answer.';
  }
  if (!view.by.some((group) => me.groups.includes(group))) {
    return `${who} may answer; you are not one of them.`;
  }
  const mine = counted(view).find((answer) => answer.by === me.name);
  return mine === undefined ? '' : `You have answered: ${mine.kind} this ${it}.`;
}

/** Whether this person is in the chain or answers for an agent in it. */
export function isOwn(view: ApprovalView, me: Whoami): boolean {
  return view.chain.includes(me.name) || view.people.includes(me.name);
}

/** The answers that still count: from the newest modification on. */
export function counted(view: ApprovalView): ApprovalView['answers'] {
  const last = view.answers.findLastIndex((answer) => answer.kind === 'modified');
  return last < 0 ? view.answers : view.answers.slice(last);
}

/** What will run when the next answer is yes. */
export function runs(view: ApprovalView): string {
  return view.modifiedText ?? view.text;
}

function people(names: string[]): string {
  const distinct = [...new Set(names)];
  return distinct.length === 0 ? 'somebody' : distinct.join(' and ');
}
