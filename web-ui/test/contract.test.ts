// @vitest-environment node
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { bundle, exchange, operation, person, request, session } from './network';

// The compiler holds the fixtures to src/api/views.ts; this holds them to what the API answers.
const JAVA = fileURLToPath(new URL('../../', import.meta.url));

/** Names of a record's components, in order. */
function components(file: string, record: string): string[] {
  const source = readFileSync(JAVA + file, 'utf8');
  const from = source.indexOf(`record ${record}(`);
  expect(from, `record ${record} in ${file}`).toBeGreaterThan(-1);
  const open = source.indexOf('(', from);
  let depth = 0;
  let to = open;
  do {
    depth += source[to] === '(' ? 1 : source[to] === ')' ? -1 : 0;
    to++;
  } while (depth > 0);
  return source
    .slice(open + 1, to - 1)
    .replace(/<[^<>]*(<[^<>]*>)?[^<>]*>/g, '')
    .split(',')
    .map((one) => one.trim().split(/\s+/).at(-1) ?? '');
}

describe('what the pages read is what the API answers', () => {
  const views = 'messages/src/main/java/countersign/view/';
  const api = 'replay-api/src/main/java/countersign/api/';

  it.each([
    ['approvals', views + 'ApprovalView.java', 'ApprovalView', Object.keys(request())],
    [
      'context',
      'messages/src/main/java/countersign/approval/Context.java',
      'Context',
      Object.keys(request().context),
    ],
    ['answers', views + 'ApprovalView.java', 'Answer', ['by', 'kind', 'reason', 'at']],
    ['sessions', views + 'SessionView.java', 'SessionView', Object.keys(session())],
    ['operations', views + 'OperationView.java', 'OperationView', Object.keys(operation())],
    [
      'bundles',
      'messages/src/main/java/countersign/evidence/EvidenceJob.java',
      'EvidenceJob',
      Object.keys(bundle()),
    ],
    ['changes', views + 'Views.java', 'Changed', ['view', 'id', 'session']],
    ['pages', views + 'Page.java', 'Page<T>', ['items', 'next']],
    ['exchanges', api + 'recording/TimelineItem.java', 'TimelineItem', Object.keys(exchange())],
    ['who is signed in', api + 'rules/RulesResource.java', 'Whoami', Object.keys(person())],
  ])('%s', (_, file, record, keys) => {
    expect([...keys].sort()).toEqual(components(file, record).sort());
  });

  it('how far the pages are behind', () => {
    expect(components(views + 'Views.java', 'Lag')).toEqual(expect.arrayContaining(['head', 'seen']));
  });
});
