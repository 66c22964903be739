// Reading requests and writing answers over plain Node http.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isObject, type Json } from './validate-rules.js';

const BODY_BYTES = 32 * 1024 * 1024;

/** The request itself is wrong; answered with this status and message. */
export class HttpError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The whole body; throws 413 beyond 32 MB. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const part = Buffer.from(chunk);
    size += part.length;
    if (size > BODY_BYTES) throw new HttpError(413, 'body too large');
    chunks.push(part);
  }
  return Buffer.concat(chunks);
}

/** A JSON object body; an empty body is an empty object. */
export async function readJsonBody(request: IncomingMessage): Promise<Json> {
  const text = (await readBody(request)).toString('utf8');
  if (text === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new HttpError(400, 'the body is not JSON');
  }
  if (!isObject(value)) throw new HttpError(400, 'the body is not a JSON object');
  return value;
}

/** The fields and the file of a body: form-encoded, JSON, multipart, or raw bytes. */
export async function readForm(request: IncomingMessage): Promise<{ fields: Json; file?: Buffer }> {
  const type = request.headers['content-type'] ?? '';
  const body = await readBody(request);
  if (type.startsWith('multipart/form-data')) return await readMultipart(type, body);
  if (type.startsWith('application/x-www-form-urlencoded')) {
    return { fields: Object.fromEntries(new URLSearchParams(body.toString('utf8'))) };
  }
  if (type.startsWith('application/json') && body.length > 0) {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return { fields: isObject(value) ? value : {} };
  }
  return { fields: {}, ...(body.length > 0 ? { file: body } : {}) };
}

async function readMultipart(type: string, body: Buffer): Promise<{ fields: Json; file?: Buffer }> {
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
  const fields: Json = {};
  let file: Buffer | undefined;
  for (const [name, value] of form.entries()) {
    if (typeof value === 'string') fields[name] = value;
    else file = Buffer.from(await value.arrayBuffer());
  }
  return { fields, ...(file ? { file } : {}) };
}

/** Answers with JSON. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(text);
}

/** Answers with text or bytes. */
export function sendBody(
  response: ServerResponse,
  status: number,
  type: string,
  body: string | Buffer,
): void {
  response.writeHead(status, { 'content-type': type, 'x-content-type-options': 'nosniff' });
  response.end(body);
}
