// A file of which Slack says no for good is not asked for again; one that it cannot give now is.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebClient } from '@slack/web-api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { downloadFile, FileUnavailableError } from '../../src/jobs/delivery/download-file.js';

let address = '';
let isLinked = false;
/** Whom the bytes were asked of, and with which token. */
const tokens: unknown[] = [];
/** As Slack: what a file is, and its bytes by `/status/<code>`. */
const server = createServer((request, response) => {
  const [, code] = request.url?.match(/^\/status\/(\d+)$/) ?? [];
  if (code !== undefined) {
    tokens.push(request.headers.authorization);
    response.writeHead(Number(code)).end('bytes');
    return;
  }
  request.resume().on('end', () => {
    const url = { url_private: `${address}/status/${wanted}` };
    const file = { ...url, size: 5, mimetype: 'application/pdf', is_external: isLinked };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ ok: true, file }));
  });
});
let wanted = 200;
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

const download = (status: number) => {
  wanted = status;
  return downloadFile(new WebClient('xoxb-1', { slackApiUrl: `${address}/api/` }), 'xoxb-1', 'F1', 100);
};

it('comes with its bytes', async () => {
  expect((await download(200))?.toString()).toBe('bytes');
});

it.each([400, 401, 403, 404, 410, 416, 451])('an answer of %i is final', async (status) => {
  expect(await download(status)).toBeNull();
});

it.each([408, 425, 429, 500, 503])('after an answer of %i it is asked for again', async (status) => {
  await expect(download(status)).rejects.toThrow(FileUnavailableError);
});

it('the token is not told to whoever has a file that is only linked', async () => {
  isLinked = true;
  tokens.length = 0;
  expect(await download(200)).toBeNull();
  expect(tokens).toEqual([]);
  isLinked = false;
});
