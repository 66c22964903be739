// Every path the sandbox answers: Web API, uploads, private files, response URLs, the page's API and the page itself.
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { ClockError } from './clock.js';
import { canSeeFile, storeContent } from './files.js';
import { HttpError, readForm, sendBody, sendJson } from './http.js';
import { handleSandbox } from './page-api.js';
import { RefusedRequest } from './person.js';
import { spendResponseUrl } from './response-urls.js';
import type { Slack } from './slack.js';
import type { HandleApi } from './web-api/handle.js';

const PAGE_TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

function isLoopback(address: string): boolean {
  try {
    return LOOPBACK.has(new URL(address).hostname);
  } catch {
    return false;
  }
}

/** Only this machine by a loopback name, and no other site's page: neither DNS tricks nor forged posts reach us. */
function isLocal({ headers }: IncomingMessage): boolean {
  const { host = '', origin } = headers;
  return isLoopback(`http://${host}`) && (origin === undefined || isLoopback(origin));
}

async function servePage(slack: Slack, path: string, response: ServerResponse): Promise<void> {
  const { pageDir } = slack.options;
  if (pageDir === undefined) throw new HttpError(404, 'the page is not built');
  const name =
    path === '/' || path.startsWith('/archives/') ? 'index.html' : normalize(decodeURIComponent(path));
  const file = join(pageDir, name);
  if (!file.startsWith(normalize(pageDir + sep))) throw new HttpError(404, 'not found');
  const content = await readFile(file).catch(() => {
    throw new HttpError(404, 'not found');
  });
  sendBody(response, 200, PAGE_TYPES[extname(file)] ?? 'application/octet-stream', content);
}

/** Slack answers a file request without the right token with a sign-in page, not with an error. */
function serveFile(
  slack: Slack,
  id: string,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const file = slack.store.world.files[id];
  const viewer = url.searchParams.get('as');
  const content = file && slack.store.readBlob(id);
  if (viewer !== null) {
    if (!file || !content || !canSeeFile(slack, file, viewer)) throw new HttpError(404, 'file_not_found');
    sendFile(response, file.mimetype, file.name, content);
    return;
  }
  const isApp = request.headers.authorization === `Bearer ${slack.tokens.bot}`;
  if (!isApp || !file?.granted || !content) {
    response.writeHead(302, { location: `${slack.url}/sign-in` });
    response.end();
    return;
  }
  sendFile(response, file.mimetype, file.name, content);
}

function sendFile(response: ServerResponse, type: string, name: string, content: Buffer): void {
  // Uploaded HTML or SVG must not run as the sandbox's own page.
  const inline = /^(image\/(png|jpeg|gif|webp)|application\/pdf|text\/plain)$/.test(type);
  response.writeHead(200, {
    'content-type': type,
    'content-length': content.length,
    'content-disposition': `${inline ? 'inline' : 'attachment'}; filename*=UTF-8''${encodeURIComponent(name)}`,
    'x-content-type-options': 'nosniff',
  });
  response.end(content);
}

async function takeUpload(slack: Slack, id: string, url: URL, request: IncomingMessage): Promise<string> {
  const file = slack.store.world.files[id];
  if (!file || file.size > 0) throw new HttpError(404, 'no such upload');
  const { file: content } = await readForm(request);
  const length = Number(url.searchParams.get('length'));
  if (!content || content.length !== length)
    throw new HttpError(400, 'the length differs from the one announced');
  storeContent(slack, file, content);
  return `OK - ${content.length}`;
}

async function takeResponse(slack: Slack, id: string, request: IncomingMessage, response: ServerResponse) {
  const { fields } = await readForm(request);
  const body: unknown = typeof fields.payload === 'string' ? JSON.parse(fields.payload) : fields;
  const { status, error } = spendResponseUrl(slack, id, body);
  slack.journal.add({ kind: 'call', name: 'response_url', status: error, summary: `response_url ${error}` });
  if (status === 200) sendBody(response, 200, 'text/plain', 'ok');
  else sendJson(response, status, { ok: false, error });
}

async function route(slack: Slack, api: HandleApi, request: IncomingMessage, response: ServerResponse) {
  if (!isLocal(request)) throw new HttpError(403, 'loopback only');
  const url = new URL(request.url ?? '/', slack.url);
  const path = url.pathname;
  const [, first = '', second = '', third = ''] = path.split('/');
  if (first === 'api') return await api(second, request, response);
  if (first === 'sandbox') {
    return await handleSandbox(slack, path.slice('/sandbox/'.length), url, request, response);
  }
  if (first === 'files-pri') return serveFile(slack, second, url, request, response);
  if (first === 'response' && request.method === 'POST')
    return await takeResponse(slack, third, request, response);
  if (first === 'upload' && request.method === 'POST') {
    return sendBody(response, 200, 'text/plain', await takeUpload(slack, third, url, request));
  }
  if (first === 'sign-in')
    return sendBody(response, 200, 'text/html', '<!doctype html><title>Sign in</title>');
  return await servePage(slack, path, response);
}

/** The request listener of the sandbox: never lets an error out of a request. */
export function createListener(slack: Slack, api: HandleApi) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    route(slack, api, request, response).catch((error: unknown) => {
      if (response.headersSent || response.destroyed) return response.destroy();
      if (error instanceof HttpError)
        return sendJson(response, error.status, { ok: false, error: error.message });
      if (error instanceof RefusedRequest || error instanceof ClockError) {
        return sendJson(response, 400, { ok: false, error: error.message });
      }
      const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
      process.stderr.write(`sandbox: ${detail}\n`);
      sendJson(response, 500, { ok: false, error: 'internal_error' });
    });
  };
}
