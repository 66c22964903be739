// What a report is narrowed to: the form that asks, and the line that says it. Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import type { Named } from '../../domain/lists/filter-names.queries.js';
import { filtersOf, isOfPeriod, type ReportFilter, type ReportQuery } from '../../domain/reports/report.js';
import { dictionaryName } from '../../domain/settings/settings.js';
import { shortCustomer, shortName } from '../i18n/format.js';
import { OPTIONS } from '../ids.js';
import { REPORT } from '../report-ids.js';
import type { ReportWords } from './aging-views.js';
import { dateInput, externalSelect, input, modal, option, present, selectInput } from './blocks.js';

const LABEL = {
  customerId: 'group.customer',
  contractId: 'group.contract',
  ownerId: 'group.rep',
  departmentId: 'group.department',
  type: 'group.type',
  method: 'column.method',
} as const satisfies Record<ReportFilter, string>;

/** 筛选：客户 徐工 · 类型 整车; '' for a report of everything. */
export function filterLine(query: ReportQuery, words: ReportWords): string {
  const { t, locale, names, contractTypes, paymentMethods } = words;
  const value: Record<ReportFilter, string | null | undefined> = {
    customerId: names.customer && shortCustomer(locale, names.customer.name),
    contractId: names.contract && shortCustomer(locale, names.contract.name),
    ownerId: names.owner && shortName(locale, names.owner.name),
    departmentId: names.department && shortName(locale, names.department.name),
    type: query.type && dictionaryName(contractTypes, query.type, locale),
    method: query.method && dictionaryName(paymentMethods, query.method, locale),
  };
  const narrowed = filtersOf(query.kind).flatMap((name) =>
    value[name] ? [`${t(`reports:${LABEL[name]}`)} ${value[name]}`] : [],
  );
  return narrowed.length === 0 ? '' : t('reports:filter.line', { filter: narrowed.join(' · ') });
}

export interface ReportFilterForm {
  readonly query: ReportQuery;
  /** People who see only their own are not asked whose. */
  readonly asksOwner: boolean;
  /** Serialised private_metadata. */
  readonly metadata: string;
}

/** Every field narrows, none is needed but the day. */
export function reportFilterModal(form: ReportFilterForm, words: ReportWords): ModalView {
  const { t, names, locale, contractTypes, paymentMethods } = words;
  const { query, asksOwner } = form;
  const external = (name: 'customerId' | 'contractId' | 'ownerId' | 'departmentId', chosen: Named | null) => {
    const initial = chosen ? option(chosen.name, chosen.id) : undefined;
    const hint = name === 'departmentId' ? { hint: t('reports:filter.department_hint') } : {};
    const select = externalSelect(SELECT[name], { initial });
    return input(name, t(`reports:${LABEL[name]}`), select, { optional: true, ...hint });
  };
  const listed = (name: 'type' | 'method', entries: ReportWords['contractTypes']) => {
    const options = entries.map(({ key }) => option(dictionaryName(entries, key, locale), key));
    return input(name, t(`reports:${LABEL[name]}`), selectInput(options, query[name]), { optional: true });
  };
  const has = (name: ReportFilter) => filtersOf(query.kind).includes(name);
  return modal({
    callbackId: REPORT.filter,
    title: t('reports:filter.title'),
    submit: t('reports:filter'),
    close: t('common:cancel'),
    metadata: form.metadata,
    blocks: present<KnownBlock>(
      isOfPeriod(query.kind) && input('from', t('reports:filter.from'), dateInput(query.from)),
      input(
        'to',
        t(isOfPeriod(query.kind) ? 'reports:filter.to' : 'reports:filter.day'),
        dateInput(query.to),
      ),
      has('customerId') && external('customerId', names.customer),
      has('contractId') && external('contractId', names.contract),
      asksOwner && has('ownerId') && external('ownerId', names.owner),
      asksOwner && has('departmentId') && external('departmentId', names.department),
      has('type') && listed('type', contractTypes),
      has('method') && listed('method', paymentMethods),
    ),
  });
}

const SELECT = {
  customerId: OPTIONS.customer,
  contractId: REPORT.contracts,
  ownerId: OPTIONS.owner,
  departmentId: REPORT.departments,
} as const;
