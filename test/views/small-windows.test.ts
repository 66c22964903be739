// Windows and messages that have no file of their own, with the longest words and most rows that there can be, in both
// languages, as Slack takes them.
import type { ViewOutput } from '@slack/bolt';
import { describe, expect, it } from 'vitest';
import { ROLES } from '../../src/domain/access.js';
import { SUBJECTS, type SubjectType } from '../../src/domain/approvals/subjects.js';
import { EXPORT_KINDS } from '../../src/domain/exports/export-kinds.js';
import type { ImportPreview, PreviewRow } from '../../src/domain/imports/import.queries.js';
import { importableKinds } from '../../src/domain/imports/import-access.js';
import { ROW_ERRORS } from '../../src/domain/imports/read-values.js';
import { localDate } from '../../src/domain/local-date.js';
import { MAX_MINOR } from '../../src/domain/money.js';
import type { Credit } from '../../src/domain/receipts/credits.queries.js';
import { REPORT_KINDS } from '../../src/domain/reports/report.js';
import { backModal, rejectModal } from '../../src/handlers/views/approval-form-views.js';
import { orphanMessage } from '../../src/handlers/views/approval-notice-views.js';
import { askedCard } from '../../src/handlers/views/asked-card-views.js';
import { button, input, option, section, selectInput, textInput } from '../../src/handlers/views/blocks.js';
import { exportMessage, exportModal, whatToExportMessage } from '../../src/handlers/views/export-views.js';
import { refill, savingView, withAlert, withTyped } from '../../src/handlers/views/form-views.js';
import {
  importFileModal,
  importPreviewModal,
  importReadingModal,
  otherFileMessage,
} from '../../src/handlers/views/import-views.js';
import { answerModal, infoModal, loadingModal, refusedMessage } from '../../src/handlers/views/info-view.js';
import { appliedMessage, applyModal } from '../../src/handlers/views/prepayment-views.js';
import { reassignModal } from '../../src/handlers/views/reassign-views.js';
import { notReadMessage } from '../../src/handlers/views/report-views.js';
import { snoozeModal } from '../../src/handlers/views/snooze-views.js';
import { anApproval } from '../support/approval-details.js';
import { aRow } from '../support/contract-details.js';
import { expectMessage, expectModal, LOCALES, nasty, reader } from '../support/view-check.js';

const ID = '0190a0a0-0000-7000-8000-000000000001';
/** As much as Slack keeps with a window, of what may stand there. */
const METADATA = JSON.stringify({ r: 'x'.repeat(2_900) });
const PING = /"mrkdwn","text":"[^"]*<!channel>/;
const heading = [section('*heading*'), section('x'.repeat(300))];
const row = aRow(12, {
  customerName: nasty(120),
  name: nasty(60),
  contractName: nasty(120),
  contractNumber: `HT-${'9'.repeat(37)}`,
  ownerName: nasty(80),
  amount: MAX_MINOR,
  outstanding: MAX_MINOR,
  state: 'overdue',
});
const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_none, index) => make(index));

describe.each(LOCALES)('in %s', (locale) => {
  const who = reader(locale);
  const { t } = who;

  it('a rejection of anything, with no reasons, one, and as many as a select holds', () => {
    for (const type of Object.keys(SUBJECTS) as SubjectType[])
      for (const reasons of [
        null,
        ...[1, 100].map((count) => times(count, (n) => ({ key: `k${n}`, text: nasty(200) }))),
      ])
        expectModal(rejectModal(t, type, heading, reasons, METADATA));
    expectModal(backModal(t, heading, METADATA));
  });

  it('what nobody can decide, alone and with 500 others', () => {
    const approval = anApproval({
      requestedBy: { id: 'rep', name: nasty(200) },
      approvers: times(500, (n) => ({ id: `p${n}`, name: nasty(80) })),
    });
    for (const alike of [0, 1, 500]) expectMessage(orphanMessage(approval, 'x'.repeat(280), alike, who));
    // A superior is advised only where one is asked.
    const led = (roles: string[]) => {
      const question = {
        mode: 'any' as const,
        roles,
        ids: [],
        laterRoles: [],
        namedIds: [],
        involvedIds: [],
        earlierIds: [],
        approvedIds: [],
      };
      return orphanMessage({ ...approval, question }, 'x', 0, who).text;
    };
    expect(led(['manager'])).toMatch(/设上级|Set a manager/);
    expect(led(['finance_manager'])).not.toMatch(/设上级|Set a manager/);
  });

  it('a card of every kind that is asked for, in every state', () => {
    for (const kind of ['adjustments', 'credit', 'reallocations', 'reversals', 'refunds', 'voids'] as const)
      for (const status of ['open', 'approved', 'rejected', 'withdrawn'] as const) {
        const approval = anApproval({
          status,
          step: 2,
          steps: 3,
          comment: nasty(500),
          ...(status !== 'open' && { decidedBy: { id: 'x', name: nasty(80) }, decidedAt: new Date(0) }),
        });
        const words = { number: `HT-${'9'.repeat(37)}` };
        const buttons = { label: nasty(60), title: nasty(80), text: nasty(280) };
        const open = button('contract.open', t('common:open'), { value: ID });
        expectMessage(askedCard({ kind, approval, words, heading, buttons, open }, who));
      }
  });

  it('a row that is put off, and one that goes to somebody else', () => {
    for (const one of [row, aRow(1)]) {
      expectModal(snoozeModal(one, METADATA, who));
      expectModal(reassignModal(one, METADATA, who));
    }
  });

  it('credit that is applied: from one receipt to one row, from 100 to 100', () => {
    const credit = (n: number): Credit => ({
      ...{
        id: `${ID.slice(0, -3)}${String(n).padStart(3, '0')}`,
        version: 1,
        number: `HK-${'9'.repeat(37)}`,
      },
      ...{ customerId: ID, customerName: nasty(120), currency: 'CNY', unapplied: MAX_MINOR },
      receivedOn: localDate('2019-01-01'),
    });
    const target = (n: number) => ({ ...row, id: credit(n).id });
    for (const count of [1, 100])
      for (const on of ['instalment', 'receipt'] as const) {
        const [sources, targets] = [times(count, credit), times(count, target)];
        const form = { requestId: ID, on, sources, targets, source: credit(0), target: target(0), below: ID };
        expectModal(applyModal(form, who));
      }
    const told = { number: `HK-${'9'.repeat(37)}`, amount: MAX_MINOR, who: nasty(200), row };
    expectMessage(appliedMessage(told, who));
    expect(JSON.stringify(appliedMessage(told, who).blocks)).not.toMatch(PING);
  });

  it('an export of each list, narrowed or not, of 0, 1 and 500 rows, and what becomes of it', () => {
    for (const kind of EXPORT_KINDS)
      for (const narrowed of ['', nasty(250)])
        for (const total of [0, 1, 500])
          expectModal(exportModal(kind, narrowed, { total, more: total === 500 }, t, METADATA));
    expectMessage(whatToExportMessage(t));
    const whats = [...EXPORT_KINDS.map((list) => ({ list })), ...REPORT_KINDS.map((report) => ({ report }))];
    for (const what of whats)
      for (const status of ['done', 'refused', 'failed'])
        for (const gone of [true, false])
          for (const rows of [0, 1, 200_000])
            expectMessage(exportMessage({ what, status, rows, max: 200_000, gone }, t));
  });

  it('the windows of an import: the file for every role that may, while it is read, and what is in it', () => {
    for (const role of ROLES) {
      const { actor } = reader(locale, who.actor ? { actor: { ...who.actor, roles: [role] } } : {});
      if (actor !== null && importableKinds(actor).length > 0)
        expectModal(importFileModal(t, actor, METADATA));
    }
    expectModal(importReadingModal(t, nasty(300)));
    const records = (role: (typeof ROLES)[number]) => {
      const { actor } = reader(locale, who.actor ? { actor: { ...who.actor, roles: [role] } } : {});
      if (actor === null) throw new Error('nobody reads');
      const message = otherFileMessage(t, actor);
      expectMessage(message);
      return JSON.stringify(message.blocks).includes('receipt.new');
    };
    expect([records('rep'), records('auditor')]).toEqual([true, false]);
    const errors = ROW_ERRORS.map((code) => ({
      error: { code, field: null, params: { value: nasty(200), max: 99, currency: 'CNY' } },
      column: nasty(80),
    }));
    const line = (errs: PreviewRow['errors']) => (n: number) => ({
      line: 200_000 + n,
      cells: times(200, () => nasty(500)),
      errors: errs,
    });
    const none = { created: 0, changed: 0, skipped: 0, failed: 0, total: 0, processed: 0, undated: 0 };
    const counts = { ...none, unused: [] };
    const many = {
      ...counts,
      created: 200_000,
      changed: 200_000,
      skipped: 200_000,
      failed: 200_000,
      undated: 500,
      unused: times(200, () => nasty(500)),
    };
    const base = { id: ID, version: 1, kind: 'contracts', status: 'ready', fileName: nasty(300) } as const;
    const previews: ImportPreview[] = [
      { ...base, ...counts, first: [], firstErrors: [] },
      { ...base, ...counts, failed: 1, first: [], firstErrors: times(1, line(errors)) },
      { ...base, ...counts, created: 1, first: times(1, line([])), firstErrors: [] },
      { ...base, ...many, first: times(5, line([])), firstErrors: times(5, line(errors)) },
    ];
    for (const preview of previews) {
      const view = importPreviewModal(preview, who, METADATA);
      expectModal(view);
      expect(JSON.stringify(view)).not.toMatch(PING);
    }
  });

  it('what only says something', () => {
    for (const text of ['.', nasty(2_000)]) {
      expectModal(answerModal(t, { text }));
      expectModal(answerModal(t, { text, blocks: heading }));
      expectModal(infoModal(t, text));
      expectModal(infoModal(t, text, heading, t('imports:title')));
      expectMessage(notReadMessage(t, text));
      for (const action of ['receipt.record', 'contract.create', 'customer.create', 'plan.create'])
        expectMessage(refusedMessage({ code: 'access.denied', text: nasty(500), params: { action } }, t));
      expect(refusedMessage({ code: 'not_found', text, params: {} }, t)).toEqual({ text });
    }
    expectModal(loadingModal(t));
  });

  it('a form that is being saved, one that comes back as it was typed, and one with notices on top', () => {
    const options = times(100, (n) => option(nasty(75), `v${n}`));
    const blocks = [
      input('note', 'note', textInput({ multiline: true, maxLength: 3_000 })),
      input('how', 'how', selectInput(options, 'v99')),
    ];
    const words = { type: 'plain_text' as const, text: t('imports:title'), emoji: true };
    const values: ViewOutput['state']['values'] = {
      note: { value: { type: 'plain_text_input', value: nasty(3_000) } },
      how: { value: { type: 'static_select', selected_option: { ...option(nasty(75), 'v1'), value: 'v1' } } },
    };
    const view: ViewOutput = {
      ...{ id: 'V1', callback_id: 'c', team_id: 'T1', app_id: 'A1', bot_id: 'B1', type: 'modal', hash: 'h' },
      ...{ title: words, close: words, submit: words, blocks, state: { values }, private_metadata: METADATA },
      ...{ root_view_id: 'V1', previous_view_id: null, clear_on_close: false, notify_on_close: false },
    };
    expectModal(savingView(t, view));
    const typed = JSON.stringify(nasty(3_000)).slice(1, -1);
    for (const again of [
      refill(view),
      withTyped({ type: 'modal', callback_id: 'c', title: words, submit: words, blocks }, values),
      withAlert(
        refill(view),
        times(20, () => nasty(500)),
      ),
    ]) {
      expectModal(again);
      expect(JSON.stringify(again)).toContain(typed);
    }
  });
});
