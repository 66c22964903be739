// What a Web API method is: its token, its scopes, its arguments, and the error codes it throws.
import type { Slack } from '../slack.js';
import { type Issue, isObject, type Json } from '../validate-rules.js';

/** A refused call: Slack's error code and what else the answer carries. */
export class ApiError extends Error {
  readonly code: string;
  readonly extra: Json;

  constructor(code: string, extra: Json = {}) {
    super(code);
    this.code = code;
    this.extra = extra;
  }
}

export interface Method {
  /** Which token the call needs; `bot` when absent. */
  token?: 'bot' | 'app' | 'none';
  /** One of these bot scopes is needed; by call where it depends on the conversation. */
  scopes?: string[] | ((slack: Slack, args: Args) => string[]);
  /** How often the app may call it in a minute, as its tier says. */
  tier?: Tier;
  run(slack: Slack, args: Args): Json | Promise<Json>;
}

/** Slack's tiers: 1+, 20+, 50+ and 100+ calls a minute. */
export type Tier = 1 | 2 | 3 | 4;

export type Methods = Record<string, Method>;

/** The arguments of a call, read strictly. Form-encoded calls send objects as JSON text. */
export class Args {
  readonly #values: Json;

  constructor(values: Json) {
    this.#values = values;
  }

  /** The same arguments with one more. */
  with(name: string, value: string): Args {
    return new Args({ ...this.#values, [name]: value });
  }

  has(name: string): boolean {
    const value = this.#values[name];
    return value !== undefined && value !== null && value !== '';
  }

  /** A text, or undefined when absent. */
  text(name: string): string | undefined {
    const value = this.#values[name];
    if (typeof value === 'string') return value;
    return typeof value === 'number' ? String(value) : undefined;
  }

  /** A required text; throws invalid_arguments. */
  need(name: string): string {
    const value = this.text(name);
    if (value === undefined || value === '') throw missing(name);
    return value;
  }

  flag(name: string): boolean {
    const value = this.#values[name];
    return value === true || value === 'true' || value === '1' || value === 1;
  }

  /** A page size between 1 and max. */
  limit(fallback: number, max: number): number {
    const value = Number(this.text('limit') ?? fallback);
    if (!Number.isInteger(value) || value < 1) throw new ApiError('invalid_limit');
    return Math.min(value, max);
  }

  /** An object or list, sent as such or as JSON text; throws `broken` when it cannot be read. */
  json(name: string, broken: string): unknown {
    const value = this.#values[name];
    if (typeof value !== 'string') return value ?? undefined;
    if (value === '') return undefined;
    try {
      return JSON.parse(value);
    } catch {
      throw new ApiError(broken);
    }
  }
}

/** invalid_arguments for an absent argument, worded as Slack does. */
export function missing(name: string): ApiError {
  return new ApiError('invalid_arguments', {
    response_metadata: { messages: [`[ERROR] missing required field: ${name}`] },
  });
}

/** The issues as Slack lists them in response_metadata. */
export function describeIssues(issues: Issue[]): Json {
  return {
    errors: issues.map((issue) => `${issue.message} [json-pointer:${issue.pointer}]`),
    response_metadata: {
      messages: issues.map((issue) => `[ERROR] ${issue.message} [json-pointer:${issue.pointer}]`),
    },
  };
}

/** A page of a list by Slack's cursor (an opaque offset). */
export function paginate<T>(
  items: T[],
  args: Args,
  fallback: number,
): { page: T[]; response_metadata: { next_cursor: string } } {
  const limit = args.limit(fallback, 1_000);
  const cursor = args.text('cursor') ?? '';
  const start =
    cursor === '' ? 0 : Number(Buffer.from(cursor, 'base64url').toString().replace('offset:', ''));
  if (!Number.isInteger(start)) throw new ApiError('invalid_cursor');
  const end = start + limit;
  const next = end < items.length ? Buffer.from(`offset:${end}`).toString('base64url') : '';
  return { page: items.slice(start, end), response_metadata: { next_cursor: next } };
}

/** The value as an object, or the given error. */
export function requireObject(value: unknown, code: string): Json {
  if (!isObject(value)) throw new ApiError(code);
  return value;
}
