// Trying a template out before it is used: amounts and dates for a contract, or for what is typed (ux §4.9).
import { z } from 'zod';
import { authorize } from '../domain/access.js';
import { loadContract } from '../domain/contracts/contract.queries.js';
import { findContracts } from '../domain/contracts/contract-list.queries.js';
import { loadAnchors } from '../domain/contracts/milestone.queries.js';
import { isDomainError } from '../domain/errors.js';
import { newId } from '../domain/ids.js';
import { toDecimalString } from '../domain/money.js';
import { ANCHOR_KINDS } from '../domain/plans/anchor.js';
import {
  checkTemplate,
  rowsOfTemplate,
  type Template,
  type TemplateTerms,
} from '../domain/templates/template.js';
import { loadTemplate } from '../domain/templates/template.queries.js';
import type { Deps } from './deps.js';
import { describeError } from './errors.js';
import { shortCustomer, shortName } from './i18n/format.js';
import { OPTIONS, VIEW } from './ids.js';
import type { Doors } from './listen.js';
import { readerOf, recordId } from './show-view.js';
import type { Outcome } from './submission.js';
import { loadTemplateDraft } from './template-draft.js';
import { type ActionTurn, formMetadata, parseValue, type SubmitTurn, type Turn } from './turns.js';
import { type TestState, testForm } from './views/template-line-views.js';

const metadata = formMetadata({
  s: z.union([z.object({ template: z.uuid() }), z.object({ draft: z.uuid(), version: z.number().int() })]),
});

/** Plugs in the trial form. */
export function registerTemplateTests(doors: Doors, deps: Deps): void {
  doors.options(OPTIONS.templateContract, async ({ ctx, words }) => {
    const { rows } = await findContracts(ctx, { words });
    return rows.map((row) => ({
      text: contractWords(ctx, row),
      value: row.id,
    }));
  });
  doors.action(OPTIONS.templateContract, chooseContract);
  doors.submit(VIEW.templateTest, metadata, (turn) => runTest(turn, deps));
}

/** Opens the form on top. */
export async function openTest(
  turn: ActionTurn,
  source: TestState['source'],
  template: TemplateTerms,
): Promise<void> {
  const { settings, baseCurrency } = turn.ctx.company;
  const state: TestState = {
    requestId: newId(turn.ctx.now),
    source,
    contract: null,
    amount: null,
    currency: template.currency ?? baseCurrency,
    dates: { signing: turn.ctx.today },
    anchors: anchorsOf(template),
    result: null,
  };
  await turn.show(testForm(state, settings.currencies, readerOf(turn)));
}

function contractWords(
  { actor: { locale } }: Turn['ctx'],
  contract: { number: string; name: string; customerName: string },
): string {
  const { number, name, customerName } = contract;
  return [number, shortName(locale, name), shortCustomer(locale, customerName)].join(' · ');
}

const anchorsOf = (template: TemplateTerms) =>
  ANCHOR_KINDS.filter((kind) => template.lines.some((line) => line.anchorKind === kind));

/** The template as it is now. @throws DomainError not_found, draft.changed */
async function loadSource(ctx: Turn['ctx'], source: TestState['source']): Promise<Template> {
  if ('template' in source) return loadTemplate(ctx, source.template);
  const kept = await loadTemplateDraft(ctx, { d: source.draft, v: source.version });
  return kept.values.template;
}

/** A contract fills in its amount and the days that are known of it. */
async function chooseContract(turn: ActionTurn): Promise<void> {
  const { ctx } = turn;
  authorize(ctx.actor, 'settings.edit');
  const shown = parseValue(metadata, turn.body.view?.private_metadata ?? '');
  const template = await loadSource(ctx, shown.s);
  const contract = await loadContract(ctx, recordId(turn.value));
  const state: TestState = {
    requestId: shown.r,
    source: shown.s,
    contract: {
      id: contract.id,
      text: contractWords(ctx, { ...contract, customerName: contract.customer.name }),
    },
    amount: toDecimalString(contract.amount, contract.currency),
    currency: contract.currency,
    dates: await loadAnchors(ctx.db, contract.id),
    anchors: anchorsOf(template),
    result: null,
  };
  await turn.redraw(testForm(state, ctx.company.settings.currencies, readerOf(turn)));
}

async function runTest(turn: SubmitTurn<z.infer<typeof metadata>>, deps: Deps): Promise<Outcome> {
  const { ctx, form, metadata: shown } = turn;
  authorize(ctx.actor, 'settings.edit');
  const template = await loadSource(ctx, shown.s);
  const anchors = anchorsOf(template);
  const currency = form.requiredChoice('currency') || ctx.company.baseCurrency;
  const amount = form.amount('amount', currency);
  const dates = Object.fromEntries(
    anchors.flatMap((kind) => {
      const date = form.date(kind, { today: ctx.today, prefer: 'future' });
      return date ? [[kind, date]] : [];
    }),
  );
  form.check();
  const chosen = form.option('contract');
  const state: TestState = {
    requestId: shown.r,
    source: shown.s,
    contract: chosen,
    amount: toDecimalString(amount, currency),
    currency,
    dates,
    anchors,
    result: tryOut(turn, deps, template, { amount, currency, dates }),
  };
  return { update: testForm(state, ctx.company.settings.currencies, readerOf(turn)) };
}

/** The rows, or why there are none, in words. */
function tryOut(
  turn: Pick<Turn, 'ctx' | 't'>,
  deps: Deps,
  template: Template,
  { amount, currency, dates }: { amount: bigint; currency: string; dates: TestState['dates'] },
): TestState['result'] {
  try {
    const rows = rowsOfTemplate(checkTemplate(template), amount, currency, dates, turn.ctx.company.calendar);
    return { rows, total: rows.reduce((sum, row) => sum + row.amount, 0n) };
  } catch (error) {
    if (!isDomainError(error)) throw error;
    return { problem: describeError(error, readerOf(turn), deps.log).text };
  }
}
