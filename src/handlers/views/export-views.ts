// Exports: the form that asks what and how, and the message that brings the file (its columns: export-columns.ts). Pure.
import type { ModalView } from '@slack/types';
import type { ExportFormat } from '../../domain/exports/export.service.js';
import { EXPORT_KINDS, type ExportKind } from '../../domain/exports/export-kinds.js';
import type { LocalDate } from '../../domain/local-date.js';
import type { ReportKind } from '../../domain/reports/report.js';
import type { Translate } from '../i18n/index.js';
import { listId } from '../ids.js';
import { actions, button, context, escapeMrkdwn, input, modal, option, section } from './blocks.js';

export const EXPORT_SCOPES = ['filtered', 'all'] as const;
export const FORMATS = ['xlsx', 'csv'] as const satisfies readonly ExportFormat[];

/** What a file of these records is called. */
export function exportTitle(t: Translate, kind: ExportKind): string {
  if (kind === 'unclaimed') return t('unclaimed:list');
  return kind === 'follow_up' ? t('follow_ups:timeline') : t(`lists:title.${kind}`);
}

/** How, and what: as narrowed, or everything the reader may see. `narrowed`: to what, in words; '' for nothing. */
export function exportModal(
  kind: ExportKind,
  narrowed: string,
  total: { readonly total: number; readonly more: boolean },
  t: Translate,
  metadata: string,
): ModalView {
  const list = exportTitle(t, kind);
  const count = total.more ? t('lists:more_than', { count: total.total }) : total.total;
  const radio = <T extends string>(values: readonly T[], words: (value: T) => string) => {
    const options = values.map((value) => option(words(value), value));
    const [first] = options;
    return {
      type: 'radio_buttons' as const,
      action_id: 'value',
      options,
      ...(first && { initial_option: first }),
    };
  };
  return modal({
    callbackId: listId(kind, 'export'),
    title: t('exports:title'),
    submit: t('exports:button'),
    close: t('common:cancel'),
    metadata,
    blocks: [
      section(
        narrowed === ''
          ? t('exports:all_of', { list, count })
          : t('exports:filtered_of', { list, filter: escapeMrkdwn(narrowed), count }),
      ),
      ...(narrowed === ''
        ? []
        : [
            input(
              'scope',
              t('exports:scope'),
              radio(EXPORT_SCOPES, (one) => t(`exports:scope.${one}`)),
            ),
          ]),
      input(
        'format',
        t('exports:format'),
        radio(FORMATS, (one) => t(`exports:format.${one}`)),
      ),
      context(t('exports:hint')),
    ],
  });
}

/** `/hk export` alone: which list, a button each. */
export function whatToExportMessage(t: Translate) {
  const text = t('exports:which');
  const buttons = EXPORT_KINDS.map((kind) => button(listId(kind, 'export'), exportTitle(t, kind)));
  return { text, blocks: [section(text), actions(buttons)] };
}

/** `回款计划 2026-11-21.xlsx` */
export const exportName = (kind: ExportKind, t: Translate, today: LocalDate, format: ExportFormat): string =>
  `${exportTitle(t, kind)} ${today}.${format}`;

export interface ExportFacts {
  readonly what: { readonly list: ExportKind } | { readonly report: ReportKind };
  readonly status: string;
  readonly rows: number;
  readonly max: number;
  readonly gone: boolean;
}

/** What became of it: the file beside it, or why there is none and what to do. */
export function exportMessage(facts: ExportFacts, t: Translate) {
  const { what } = facts;
  const list = 'list' in what ? exportTitle(t, what.list) : t(`reports:name.${what.report}`);
  const text =
    facts.status === 'done'
      ? t(facts.gone ? 'exports:gone' : 'exports:done', { list, count: facts.rows })
      : facts.status === 'refused'
        ? t('exports:refused', { list, max: facts.max })
        : t('exports:failed', { list });
  return { text, blocks: [section(text)] };
}
