// The small language in which Slack's payload rules are written: a rule looks at one value and reports what is wrong.
// Lengths are Unicode code points; messages are worded as Slack words them.

/** One refused part of a payload: where (JSON pointer) and why. */
export interface Issue {
  pointer: string;
  message: string;
}

export type Report = (pointer: string, message: string) => void;
export type Rule = (value: unknown, pointer: string, report: Report) => void;
export type Json = Record<string, unknown>;

/** True for a plain JSON object. */
export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Length in Unicode code points: one Chinese character or one emoji code point is 1. */
export function countCodePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** The text cut to at most `max` code points. */
export function cutText(text: string, max: number): string {
  return Array.from(text).slice(0, max).join('');
}

/** Runs a rule over a value and returns every issue found. */
export function runRule(rule: Rule, value: unknown, pointer: string): Issue[] {
  const issues: Issue[] = [];
  rule(value, pointer, (at, message) => issues.push({ pointer: at, message }));
  return issues;
}

/** A string of min … max code points, optionally of a form. */
export function string(limits: { min?: number; max: number; form?: RegExp; formName?: string }): Rule {
  return (value, pointer, report) => {
    if (typeof value !== 'string') return report(pointer, 'must be a string');
    const length = countCodePoints(value);
    const min = limits.min ?? 1;
    if (length < min) report(pointer, `must be more than ${min - 1} characters`);
    if (length > limits.max) report(pointer, `must be less than ${limits.max + 1} characters`);
    if (limits.form && length > 0 && !limits.form.test(value)) {
      report(pointer, `must be a valid ${limits.formName ?? 'value'}`);
    }
  };
}

export const flag: Rule = (value, pointer, report) => {
  if (typeof value !== 'boolean') report(pointer, 'must be a boolean');
};

export const number: Rule = (value, pointer, report) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) report(pointer, 'must be a number');
};

/** A whole number within bounds. */
export function whole(min: number, max: number): Rule {
  return (value, pointer, report) => {
    if (typeof value !== 'number' || !Number.isInteger(value)) return report(pointer, 'must be an integer');
    if (value < min || value > max) report(pointer, `must be between ${min} and ${max}`);
  };
}

/** One of a closed set of strings. */
export function oneOf(...allowed: string[]): Rule {
  return (value, pointer, report) => {
    if (typeof value !== 'string' || !allowed.includes(value)) {
      report(pointer, `must be one of: ${allowed.join(', ')}`);
    }
  };
}

/** A list of min … max items, each under one rule. */
export function list(item: Rule, limits: { min?: number; max: number }): Rule {
  return (value, pointer, report) => {
    if (!Array.isArray(value)) return report(pointer, 'must be an array');
    const min = limits.min ?? 1;
    if (value.length < min) report(pointer, `no less than ${min} items allowed`);
    if (value.length > limits.max) report(pointer, `no more than ${limits.max} items allowed`);
    value.forEach((entry, index) => {
      item(entry, `${pointer}/${index}`, report);
    });
  };
}

/** An object with required and optional fields and no others, then rules that compare fields. */
export function object(shape: {
  required?: Record<string, Rule>;
  optional?: Record<string, Rule>;
  also?: (value: Json, pointer: string, report: Report) => void;
}): Rule {
  const required = Object.entries(shape.required ?? {});
  const rules = new Map([...required, ...Object.entries(shape.optional ?? {})]);
  return (value, pointer, report) => {
    if (!isObject(value)) return report(pointer, 'must provide an object');
    for (const [name] of required) {
      if (value[name] === undefined || value[name] === null)
        report(pointer, `missing required field: ${name}`);
    }
    for (const [name, entry] of Object.entries(value)) {
      if (entry === undefined || (entry === null && rules.has(name))) continue;
      const rule = rules.get(name);
      if (rule) rule(entry, `${pointer}/${name}`, report);
      else report(pointer, `invalid additional property: ${name}`);
    }
    shape.also?.(value, pointer, report);
  };
}

/** An object whose `type` selects its rule. */
export function byType(table: Record<string, Rule>): Rule {
  return (value, pointer, report) => {
    if (!isObject(value)) return report(pointer, 'must provide an object');
    if (typeof value.type !== 'string') return report(pointer, 'missing required field: type');
    const rule = Object.hasOwn(table, value.type) ? table[value.type] : undefined;
    if (!rule) return report(`${pointer}/type`, `unsupported type: ${value.type}`);
    rule(value, pointer, report);
  };
}

/** A rule that accepts exactly one string, for `type` fields. */
export function literal(expected: string): Rule {
  return (value, pointer, report) => {
    if (value !== expected) report(pointer, `must be: ${expected}`);
  };
}

/** The objects among a list's items; anything else was already reported by its own rule. */
export function objectsIn(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
