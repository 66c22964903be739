import { describe, expect, it } from 'vitest';
import type { DepartmentRow } from '../../src/domain/members/department.queries.js';
import { departmentForm, departmentsModal } from '../../src/handlers/views/department-views.js';
import { expectModal, LOCALES, nasty, reader } from '../support/view-check.js';

const row = (n: number, inUse: boolean): DepartmentRow => ({
  id: `0191f000-0000-7000-8000-00000000000${n % 10}`,
  version: 99_999,
  name: nasty(60),
  parent: { id: '0191f000-0000-7000-8000-000000000001', name: nasty(60) },
  director: { id: 'd', name: nasty(80), slackUserId: 'U012345678' },
  people: inUse ? 12_345 : 0,
  children: 0,
  level: 3,
});

describe.each(LOCALES)('in %s', (locale) => {
  const { t } = reader(locale);

  it('the longest page of departments, each of which could be deleted', () => {
    const rows = Array.from({ length: 20 }, (_, n) => row(n, false));
    const view = departmentsModal(t, { rows, total: 999, page: 7, pages: 50 }, nasty(200));
    expectModal(view);
    expect(JSON.stringify(view)).not.toMatch(/"mrkdwn","text":"[^"]*<!channel>/);
    expect(JSON.stringify(view)).toContain('department.remove');
  });

  it('what is in use cannot be deleted; none at all says so', () => {
    const view = departmentsModal(t, { rows: [row(1, true)], total: 1, page: 1, pages: 1 });
    expect(JSON.stringify(view)).not.toContain('department.remove');
    const empty = departmentsModal(t, { rows: [], total: 0, page: 1, pages: 1 });
    expectModal(empty);
    expect(JSON.stringify(empty)).toContain(t('departments:none'));
  });

  it('the form, empty and full', () => {
    for (const shown of [null, row(1, true)]) expectModal(departmentForm(t, shown, '{}'));
  });
});
