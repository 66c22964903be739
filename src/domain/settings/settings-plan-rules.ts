// A settings file against ladders and plan templates. Pure.
import type { LadderRule, Tone } from '../reminders/ladder.js';
import { checkLadder, isRowKind, kindsOf } from '../reminders/ladders.js';
import { checkTemplate, type Template, told } from '../templates/template.js';
import { isSame } from './same-value.js';
import type { CompanySettings } from './settings.js';
import { fieldsOf, type LadderPlan, type SettingsChange } from './settings-change.js';
import { invalidAt, type SettingsFile } from './settings-file.js';
import type { PresentRule, PresentSettings } from './settings-present.js';

type FileLadder = NonNullable<SettingsFile['ladders']>[number];

/** Ladders of the file in place of those of the same scope and kind; customers who are not here are named. */
export function planLadders(file: SettingsFile, present: PresentSettings) {
  const ladders: LadderPlan[] = [];
  const changes: SettingsChange[] = [];
  const missing: string[] = [];
  const seen = new Set<string>();
  for (const wanted of file.ladders ?? []) {
    const { scope, of, kind } = wanted;
    const name = of ?? scope;
    const place = `${scope} ${of ?? ''} ${kind}`;
    const fits = (scope === 'company') === (of === null) && kindsOf(scope).includes(kind);
    if (seen.has(place) || !fits || wanted.steps.some((step) => step.appliesTo !== kind))
      throw invalidAt('ladders', name);
    seen.add(place);
    const owner = ownerOf(wanted, file, present);
    const own =
      owner === null || owner.isNew
        ? []
        : present.rules.filter(
            (one) => one.scope === scope && one.scopeId === owner.id && one.rule.appliesTo === kind,
          );
    const steps = wanted.steps.map((step) => ({ ...step, tone: step.tone ?? toneFor(step, own) }));
    checkLadder(steps);
    if (owner === null) {
      missing.push(name);
      continue;
    }
    const plan = matchSteps(steps, own);
    if (plan.keep.length + plan.add.length + plan.off.length === 0) continue;
    ladders.push({ scope, of: scope === 'customer' ? owner.id : of, kind, ...plan });
    changes.push({
      topic: 'ladders',
      kind: 'changed',
      name: of === null ? kind : `${of} ${kind}`,
      fields: [
        { field: 'ladder', before: plan.before, after: [...plan.keep.map(({ rule }) => rule), ...plan.add] },
      ],
    });
  }
  return { ladders, changes, missing: [...new Set(missing)] };
}

/** Whose it is; null where neither this company nor the file has it. */
function ownerOf(
  { scope, of }: FileLadder,
  file: SettingsFile,
  present: PresentSettings,
): { id: string | null; isNew: boolean } | null {
  if (scope === 'company') return { id: null, isNew: false };
  const list = scope === 'customer' ? present.customers : present.templates;
  const known = list.find((one) => one.code === of);
  if (known) return { id: known.id, isNew: false };
  const isNew = scope === 'template' && (file.templates ?? []).some((one) => one.code === of);
  return isNew ? { id: null, isNew } : null;
}

const contentOf = ({ code: _code, ...rule }: LadderRule) => rule;
const isStep = (step: Pick<LadderRule, 'code' | 'rank'>) => (one: PresentRule) =>
  one.rule.code === step.code && one.rule.rank === step.rank;

/** Of a file of before there were tones: as the step speaks here, else as a new company's would. */
function toneFor(step: FileLadder['steps'][number], own: readonly PresentRule[]): Tone {
  const { code: _code, tone: _none, ...wanted } = step;
  const known =
    own.find(({ rule: { code: _own, tone: _tone, ...rule } }) => isSame(rule, wanted)) ??
    own.find(isStep(step));
  if (known) return known.rule.tone;
  if (!isRowKind(step.appliesTo)) return 'plain';
  return step.level !== null ? 'urgent' : step.repeatEveryDays === undefined ? 'plain' : 'firm';
}

/**
 * Steps by what they say, else by their code: a step keeps its code for good, so that nothing that was sent is sent again.
 * It keeps its rank as well, by which rows know how far they have come: at another rank it is another step. Codes of added steps are each database's own: of two that say the same, the one that is there is meant.
 */
function matchSteps(steps: readonly LadderRule[], own: readonly PresentRule[]) {
  const used = new Set<string>();
  const take = (fits: (one: PresentRule) => boolean) => {
    const found = own.find((one) => !used.has(one.id) && fits(one));
    if (found) used.add(found.id);
    return found;
  };
  const matched = new Map<LadderRule, PresentRule | undefined>();
  for (const step of steps)
    matched.set(
      step,
      take((one) => isSame(contentOf(one.rule), contentOf(step))),
    );
  for (const step of steps) if (!matched.get(step)) matched.set(step, take(isStep(step)));
  const keep = steps.flatMap((step) => {
    const known = matched.get(step);
    if (!known || (known.enabled && isSame(contentOf(known.rule), contentOf(step)))) return [];
    return [{ id: known.id, rule: step }];
  });
  const off = own.filter((one) => one.enabled && !used.has(one.id)).map((one) => one.id);
  const touched = new Set([...keep.map(({ id }) => id), ...off]);
  return {
    before: own.filter((one) => one.enabled && touched.has(one.id)).map(({ rule }) => rule),
    keep,
    add: steps.filter((step) => !matched.get(step)),
    off,
  };
}

/** Templates by their code. */
export function planTemplates(file: SettingsFile, present: PresentSettings, settings: CompanySettings) {
  const known = new Map(present.templates.map((one) => [one.code, one]));
  const wanted = file.templates ?? [];
  if (new Set(wanted.map((one) => one.code)).size < wanted.length) throw invalidAt('templates');
  const templates = wanted.flatMap((one) => {
    const template = checkTemplate(one);
    const { code, contractTypes, customerTypes, currency } = template;
    const has = (entries: readonly { key: string }[], keys: readonly string[]) =>
      keys.every((key) => entries.some((entry) => entry.key === key));
    const fits =
      has(settings.contractTypes, contractTypes) &&
      has(settings.customerTypes, customerTypes) &&
      (currency === null || settings.currencies.includes(currency));
    if (!fits) throw invalidAt('templates', code);
    const { id = null, ...rest } = known.get(code) ?? {};
    const before = id === null ? null : (rest as Template);
    return isSame(before, template) ? [] : [{ id, before, template }];
  });
  const changes = templates.map(
    ({ before, template }): SettingsChange => ({
      topic: 'templates',
      kind: before === null ? 'added' : 'changed',
      name: `${template.code} ${template.name}`,
      ...(before !== null && { fields: fieldsOf(told(before), told(template)) }),
    }),
  );
  return { templates, changes };
}
