// Sample data for developing the pages: made up, in the form of the REST API.

const SECOND = 1_000_000;
export const PEOPLE = [
  person('alice', 'human', ['engineers'], [], 'asks: reads, creates and changes rows of orders; schema and destroy are held'),
  person('bob', 'human', ['approvers'], [], 'approves what is not theirs'),
  person('carol', 'human', ['approvers'], [], 'approves what is not theirs'),
  person('dana', 'human', ['compliance'], ['audit'], 'sees metadata of everything; opening content asks for a purpose'),
  person('frank', 'human', ['responders'], ['respond'], 'replays sessions'),
  person('agent-ada', 'agent', ['ai-agents'], [], 'agent of alice: reads orders; create, change, destroy and schema are held', ['alice', 'agent-ada']),
];

function person(name, kind, groups, powers, what, chain = [name]) {
  return { name, kind, groups, powers, what, chain };
}

let serial = 0;
export function id(prefix) {
  serial++;
  return prefix === 'apr'
    ? `apr-${'k7m2xw4c8tn5rbj'}${'abcdefghjkmnpqrstuvwxyz'[serial % 23]}${serial}`
    : `0197a8c0-${prefix}-7${String(serial).padStart(3, '0')}-9abc-0123456789ab`;
}

const at = (secondsAgo) => new Date(Date.now() - secondsAgo * 1000).toISOString();
const digest = (n) => String(n).repeat(8).padEnd(64, '4d2e9a').slice(0, 64);

export function approval(session, over) {
  const requestedAt = over.requestedAt ?? at(40);
  return {
    id: id('apr'), state: 'pending', session: session.id, operation: id('0a01'),
    principal: 'agent-ada', chain: ['alice', 'agent-ada'], people: ['alice'],
    protocol: 'postgres', target: 'orders', database: 'orders', role: 'app',
    text: 'delete from payments where id = 1;', binds: [], effects: ['change', 'destroy'],
    rule: 'ai-readonly/2', why: 'changes by agents wait for a second person', statedReason: '',
    context: { ticket: '', relations: ['public.payments'], everyRow: [], rowsEstimated: null, plan: '' },
    digest: digest(3), by: ['approvers'], quorum: 1, waiting: 'stream', inTransaction: false, modifiable: true,
    modifiedText: null, answers: [], refusedAttempts: [],
    requestedAt, expiresAt: new Date(Date.parse(requestedAt) + 15 * 60_000).toISOString(), endedAt: null,
    ...over,
  };
}

export function makeSessions() {
  const list = [];
  const add = (over) => {
    const one = {
      id: id('5e55'), state: 'closed', protocol: 'postgres', recording: 'statement', principal: 'agent-ada',
      chain: ['alice', 'agent-ada'], people: ['alice'], target: 'orders', database: 'orders', role: 'app',
      client: '127.0.0.1:51234', application: 'psql', openedAt: at(3600), closedAt: at(3500), end: 'client',
      operations: 9, held: 1, blocked: 1, segments: 4, bytesIn: 1834, bytesOut: 48211, gapFrom: null, gapAt: null, erasedAt: null,
      ...over,
    };
    list.push(one);
    return one;
  };
  add({ state: 'open', openedAt: at(95), closedAt: null, end: '', operations: 9, held: 2 });
  add({ openedAt: at(1900), closedAt: at(1650) });
  add({ state: 'interrupted', openedAt: at(5400), closedAt: at(5200), end: 'edge', gapFrom: 40960, gapAt: at(5210) });
  add({ principal: 'agent-bot', chain: ['alice', 'agent-ada', 'agent-bot'], openedAt: at(7300), closedAt: at(7290), operations: 2, held: 0, blocked: 0 });
  for (let i = 0; i < 130; i++) {
    add({
      openedAt: at(90_000 + i * 700), closedAt: at(90_000 + i * 700 - 30 - i), principal: i % 3 ? 'alice' : 'agent-ada',
      chain: i % 3 ? ['alice'] : ['alice', 'agent-ada'], operations: 1 + ((i * 37) % 400), held: i % 7 === 0 ? 1 : 0, blocked: 0,
      application: i % 2 ? 'psql' : 'pgbench',
    });
  }
  return list;
}

export function makeApprovals(sessions) {
  const [open, second] = sessions;
  return [
    approval(open, { statedReason: 'duplicate charge, ticket PAY-311', requestedAt: at(120) }),
    approval(open, {
      principal: 'agent-bot', chain: ['alice', 'agent-ada', 'agent-bot'], requestedAt: at(60), quorum: 2, inTransaction: true, modifiable: false,
      text: 'UPDATE people\n   SET email = $1, phone = $2\n WHERE id = ANY($3)\n   AND NOT locked;', effects: ['change'],
      binds: ['ada@example.org', null, '{17,18,19}'], statedReason: 'customer asked on the phone',
      answers: [{ by: 'carol', kind: 'approved', reason: '', at: at(20) }],
      refusedAttempts: [{ by: 'alice', kind: 'approve', reason: 'alice is in the chain of the request', at: at(30) }],
      why: 'two people for changes of personal data', rule: 'personal-data/1',
      expiresAt: new Date(Date.now() + 45_000).toISOString(),
    }),
    approval(open, {
      text: 'delete from pаyments -- \u202e;1 = di erehw\u2066 only the test row\u0000\u001b[2J\u200b\nwhere\u00a0true;\t-- tab\r\n', requestedAt: at(10),
      statedReason: 'harmless \u202egnihton\u202c <script>alert(1)</script>',
    }),
    approval(second, { state: 'used', requestedAt: at(1700), endedAt: at(1690), answers: [{ by: 'bob', kind: 'approved', reason: '', at: at(1690) }] }),
    approval(second, { state: 'denied', requestedAt: at(2700), endedAt: at(2690), answers: [{ by: 'bob', kind: 'denied', reason: 'no ticket', at: at(2690) }] }),
    approval(second, { state: 'used', requestedAt: at(2900), modifiedText: 'delete from payments where id = 1 and refunded;', endedAt: at(2880), answers: [{ by: 'carol', kind: 'modified', reason: '', at: at(2890) }] }),
    approval(second, { state: 'expired', requestedAt: at(9000), endedAt: at(8100) }),
    approval(second, { state: 'withdrawn', requestedAt: at(9900), endedAt: at(9890) }),
  ];
}

const PEOPLE_COLUMNS = [{ name: 'id', type: 'int4' }, { name: 'name', type: 'text' }, { name: 'email', type: 'text' }, { name: 'note', type: 'text' }];
const NAMES = ['Ada Byron', 'Grace Hopper', 'Katherine Johnson', 'Radia Perlman', 'Barbara Liskov', 'שרה לוי', 'Zoë 🦊'];

function peopleRow(i) {
  const note = i === 2 ? null : i === 3 ? 'two\nlines \u202eand a trick\u0007' : i === 4 ? 'x'.repeat(900) : '';
  return [String(i), NAMES[i % NAMES.length], `person${i}@example.org`, note];
}

/** What was said in a session, and the operations beside it. */
export function makeRecord(session) {
  const says = [
    ['select id, name, email, note from people order by id limit 12;', 'allowed', 0.004, rowsOf(12, 12)],
    ['begin;', 'allowed', 0.001, { tag: 'BEGIN' }],
    ['select * from people;', 'allowed', 0.31, rowsOf(200, 10_000)],
    ["select pg_read_file('/etc/passwd');", 'blocked', 0.001, { error: { severity: 'ERROR', sqlstate: '42501', message: 'countersign: blocked by ai-readonly/4', detail: 'Rule ai-readonly/4 blocks program. No duty of yours would have allowed it.', hint: 'Ask the platform team.' } }],
    ['rollback;', 'allowed', 0.001, { tag: 'ROLLBACK' }],
    ['delete from payments where id = 1;', 'held', 41.7, { tag: 'DELETE 1', notices: [{ severity: 'NOTICE', sqlstate: '00000', message: 'countersign: held apr-k7m2xw4c8tn5rbjx until 2026-11-21T03:15:00Z', detail: 'ai-readonly/2: changes by agents wait for a second person', hint: 'http://localhost:8080/approvals/apr-k7m2xw4c8tn5rbjx' }] }],
    ['select count(*) from payments;', 'allowed', 0.002, { columns: [{ name: 'count', type: 'int8' }], rows: [['41']], rowCount: 1, tag: 'SELECT 1' }],
    ['selct 1;', 'allowed', 0.001, { error: { severity: 'ERROR', sqlstate: '42601', message: 'syntax error at or near "selct"' } }],
    ['select 1;', 'allowed', 0.001, { columns: [{ name: '?column?', type: 'int4' }], rows: [['1']], rowCount: 1, tag: 'SELECT 1' }],
  ];
  const exchanges = [];
  const operations = [];
  let micros = 0.4 * SECOND;
  for (let i = 0; i < session.operations; i++) {
    const [text, decision, took, answer] = says[i % says.length];
    const operation = id('0a01');
    const end = Math.round(micros + took * SECOND);
    exchanges.push({
      index: i, operation, micros: Math.round(micros), endMicros: end, kind: 'simple', text, binds: [],
      columns: [], rows: [], rowCount: 0, truncated: false, notices: [], error: null, tag: null, ...answer,
    });
    operations.push({
      id: operation, session: session.id, seq: i * 2 + 1, position: 1000 + i, at: new Date(Date.parse(session.openedAt) + micros / 1000).toISOString(),
      micros: Math.round(micros), decision, effects: decision === 'held' ? ['change', 'destroy'] : decision === 'blocked' ? ['program'] : text.startsWith('select') ? ['read'] : [],
      rule: 'ai-readonly/1', reason: decision === 'allowed' ? 'reads are allowed' : 'changes by agents wait for a second person', text, binds: [], digest: digest(i),
      approval: decision === 'held' ? 'apr-k7m2xw4c8tn5rbjx' : null, replaces: null, byEdge: false,
      state: decision === 'blocked' ? 'refused' : session.state === 'interrupted' && i === 8 ? 'unknown' : answer.error ? 'error' : 'ok',
      status: answer.error?.sqlstate ?? '00000', tag: answer.tag ?? null, rows: answer.rowCount ?? null, bytes: 512, duration: decision === 'blocked' ? null : Math.round(took * SECOND),
    });
    micros = end + (i === 2 ? 21 : 1.4) * SECOND;
  }
  return { exchanges, operations };
}

function rowsOf(shown, all) {
  return { columns: PEOPLE_COLUMNS, rows: Array.from({ length: shown }, (_, i) => peopleRow(i + 1)), rowCount: all, truncated: all > shown, tag: `SELECT ${all}` };
}
