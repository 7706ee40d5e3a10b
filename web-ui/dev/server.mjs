// A stand-in for Countersign while developing the pages: speaks the REST API with made-up data, and
// serves dist/ with the headers of the real thing. Never part of the product.
//   node dev/server.mjs [port]     FAKE_AS=bob signs everybody in as bob

import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { approval, makeApprovals, makeRecord, makeSessions, PEOPLE } from './sample.mjs';

const port = Number(process.argv[2] ?? 8081);
const dist = fileURLToPath(new URL('../dist/', import.meta.url));
const sessions = makeSessions();
const approvals = makeApprovals(sessions);
const records = new Map();
const streams = new Set();
const CSP = "default-src 'self'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'";
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };

const recordOf = (session) => {
  if (!records.has(session.id)) records.set(session.id, makeRecord(session));
  return records.get(session.id);
};

function signedIn(request) {
  const cookie = /(?:^|;\s*)countersign=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1];
  return PEOPLE.find((one) => one.name === (cookie ?? process.env.FAKE_AS)) ?? null;
}

function json(response, body, status = 200, type = 'application/json') {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

function problem(response, status, name, title, detail) {
  json(response, { type: `urn:countersign:problem:${name}`, title, status, detail }, status, 'application/problem+json');
}

function page(response, items, url, most = 500) {
  const limit = Math.min(most, Number(url.searchParams.get('limit') ?? 100));
  const from = Number(url.searchParams.get('cursor') ?? 0);
  json(response, { items: items.slice(from, from + limit), next: from + limit < items.length ? String(from + limit) : null });
}

function changed(view, id, session) {
  for (const stream of streams) stream.write(`event: change\ndata: ${JSON.stringify({ view, id, session })}\n\n`);
}

async function body(request) {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text === '' ? {} : JSON.parse(text);
}

async function answer(response, me, view, what, said) {
  if (view.state !== 'pending') return problem(response, 409, 'approval-ended', 'It has ended', `${view.id} is ${view.state}.`);
  if (what !== 'withdraw' && (view.chain.includes(me.name) || view.people.includes(me.name))) {
    return problem(response, 403, 'not-eligible', 'You may not answer this', `${me.name} is in the chain of the request, or owns an agent in it.`);
  }
  await new Promise((done) => setTimeout(done, 250));
  const kind = { approve: 'approved', deny: 'denied', modify: 'modified', withdraw: 'withdrawn' }[what];
  if (what !== 'withdraw') view.answers.push({ by: me.name, kind, reason: said.reason ?? '', at: new Date().toISOString() });
  if (what === 'modify') view.modifiedText = said.text;
  const yes = new Set(view.answers.filter((one) => one.kind !== 'denied').map((one) => one.by)).size;
  if (what === 'deny' || what === 'withdraw' || yes >= view.quorum) {
    view.state = kind;
    view.endedAt = new Date().toISOString();
    if (kind === 'approved' || kind === 'modified') {
      setTimeout(() => { view.state = 'used'; changed('approvals', view.id, view.session); }, 1500);
    }
  }
  changed('approvals', view.id, view.session);
  json(response, view);
}

async function api(request, response, url) {
  const me = signedIn(request);
  if (me === null) return problem(response, 401, 'unauthenticated', 'You are signed out', 'Sign in again.');
  const path = decodeURIComponent(url.pathname.slice('/api/v1/'.length));
  const filter = (items, names) => items.filter((one) => names.every((name) => !url.searchParams.has(name) || one[name] === url.searchParams.get(name)));
  if (path === 'whoami') return json(response, { ...me, what: undefined, expires: new Date(Date.now() + 900_000).toISOString() });
  if (path === 'integrity') return json(response, { state: 'ok', problems: [], witnesses: [] });
  if (path === 'lag') return json(response, { head: 1042, seen: 1042 - (Date.now() % 20_000 < 3000 ? 2 : 0) });
  if (path === 'changes' || /^sessions\/[^/]+\/live$/.test(path)) {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(': here\n\n');
    streams.add(response);
    response.on('close', () => streams.delete(response));
    return undefined;
  }
  if (path === 'approvals') return page(response, filter(approvals, ['state', 'session', 'target', 'principal']).sort((a, b) => b.requestedAt.localeCompare(a.requestedAt)), url);
  if (path === 'sessions') return page(response, filter(sessions, ['state', 'principal', 'target']), url);
  const [, kind, id, rest = ''] = /^(approvals|sessions)\/([^/:]+)[/:]?(.*)$/.exec(path) ?? [];
  const found = (kind === 'approvals' ? approvals : sessions).find((one) => one.id === id);
  if (kind === undefined || found === undefined) return problem(response, 404, 'not-found', 'There is no such thing', `${path} is not known, or you may not see it.`);
  if (kind === 'approvals') return request.method === 'POST' ? answer(response, me, found, rest, await body(request)) : json(response, found);
  if (rest === '') return json(response, found);
  if (rest === 'terminate') {
    Object.assign(found, { state: 'closed', end: 'terminated', closedAt: new Date().toISOString() });
    setTimeout(() => changed('sessions', found.id, found.id), 400);
    return json(response, found);
  }
  if (me.powers.includes('audit') && !url.searchParams.get('purpose')) return problem(response, 403, 'purpose-required', 'State a purpose', 'Opening content takes purpose=.');
  if (rest === 'operations') return page(response, recordOf(found).operations, url);
  if (rest === 'timeline') return page(response, recordOf(found).exchanges, url, 200);
  if (rest === 'recording') {
    response.writeHead(200, { 'content-type': 'application/octet-stream' });
    return response.end('sample bytes\n');
  }
  return problem(response, 404, 'not-found', 'There is no such thing', path);
}

async function demo(request, response, url) {
  if (process.env.FAKE_NO_DEMO) return problem(response, 404, 'not-found', 'There is no such thing', '');
  if (url.pathname === '/demo/people') return json(response, PEOPLE.map(({ name, groups, what }) => ({ name, groups, what })));
  if (url.pathname === '/demo/sign-out') {
    response.writeHead(204, { 'set-cookie': 'countersign=; Max-Age=0; Path=/' });
    return response.end();
  }
  const [, name] = /^\/demo\/as\/([\w-]+)$/.exec(url.pathname) ?? [];
  response.writeHead(303, { 'set-cookie': `countersign=${name}; HttpOnly; SameSite=Strict; Path=/`, location: '/' });
  return response.end();
}

async function files(response, url) {
  const path = normalize(url.pathname).replace(/^(\.\.[/\\])+/, '');
  const file = extname(path) === '' ? 'index.html' : path;
  try {
    const content = await readFile(join(dist, file));
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream', 'content-security-policy': CSP, 'x-content-type-options': 'nosniff' });
    response.end(content);
  } catch {
    response.writeHead(404).end('not found\n');
  }
}

createServer((request, response) => {
  const url = new URL(request.url, `http://${request.headers.host}`);
  const way = url.pathname.startsWith('/api/') ? api : url.pathname.startsWith('/demo/') ? demo : (_, to, at) => files(to, at);
  Promise.resolve(way(request, response, url)).catch((failure) => {
    console.error(failure);
    if (!response.headersSent) problem(response, 500, 'fault', 'Something broke', String(failure));
  });
}).listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${port}/  sign in: /demo/as/bob`));

if (process.env.FAKE_ARRIVALS) {
  setInterval(() => {
    const one = approval(sessions[0], { requestedAt: new Date().toISOString() });
    approvals.push(one);
    changed('approvals', one.id, one.session);
  }, Number(process.env.FAKE_ARRIVALS) * 1000);
}
