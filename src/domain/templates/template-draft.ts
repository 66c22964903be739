// A template while it is edited: what the draft of the form holds, and what may be done with its lines. Pure.
import { z } from 'zod';
import { DomainError } from '../errors.js';
import { MAX_PLAN_LINES } from '../plans/plan-lines.js';
import { type Template, type TemplateLine, templateInput, templateLine } from './template.js';

/** As JSON: amounts as text; while it is edited nothing is whole yet, not even a name is required. */
const draftLine = templateLine.extend({
  fixedAmount: z
    .string()
    .regex(/^\d+$/)
    .nullable()
    .transform((text) => (text === null ? null : BigInt(text))),
});
const draftShape = z.object({
  id: z.uuid().nullable(),
  version: z.number().int(),
  template: templateInput.extend({
    code: z.string(),
    name: z.string(),
    lines: z.array(draftLine).max(MAX_PLAN_LINES),
  }),
});

/** `id` null: a new template; else the one it changes, as of `version`. */
export type TemplateDraft = { id: string | null; version: number; template: Template };

/** Reads a draft's values; null for what is not one. */
export function parseTemplateDraft(values: unknown): TemplateDraft | null {
  const parsed = draftShape.safeParse(values);
  return parsed.success ? parsed.data : null;
}

/** A draft as it is kept. */
export function templateDraftJson(draft: TemplateDraft): object {
  const lines = draft.template.lines.map((line) => ({
    ...line,
    fixedAmount: line.fixedAmount === null ? null : String(line.fixedAmount),
  }));
  return { ...draft, template: { ...draft.template, lines } };
}

/** The template with its keys in one order. */
const asRead = ({ template }: TemplateDraft): string =>
  JSON.stringify(templateDraftJson(draftShape.parse(templateDraftJson({ id: null, version: 0, template }))));

/** Whether something was changed since the form was opened with `origin`. */
export const isChanged = (draft: TemplateDraft, origin: TemplateDraft): boolean =>
  asRead(draft) !== asRead(origin);

/**
 * The lines after one was put at a place, moved or taken out; an index that is not there changes nothing.
 * @throws DomainError template.full
 */
export function changeLines(
  lines: readonly TemplateLine[],
  change: { put: TemplateLine; at: number | null } | { move: 'up' | 'down' | 'remove'; at: number },
): TemplateLine[] {
  if ('put' in change) {
    if (change.at !== null) return lines.map((line, index) => (index === change.at ? change.put : line));
    if (lines.length >= MAX_PLAN_LINES) throw new DomainError('template.full', { max: MAX_PLAN_LINES });
    // A new line goes before the remainder, which stays last.
    const last = lines.at(-1);
    return last?.isRemainder && !change.put.isRemainder
      ? [...lines.slice(0, -1), change.put, last]
      : [...lines, change.put];
  }
  const { move, at } = change;
  const line = lines[at];
  if (line === undefined) return [...lines];
  const others = lines.filter((_, index) => index !== at);
  if (move === 'remove') return others;
  const to = move === 'up' ? at - 1 : at + 1;
  return others.toSpliced(Math.max(0, to), 0, line);
}
