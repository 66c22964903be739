// 部门: the tree of departments with who heads them, and the form of one (ux §4.9). Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import type { DepartmentPage, DepartmentRow } from '../../domain/members/department.queries.js';
import { truncate } from '../i18n/format.js';
import type { Translate } from '../i18n/index.js';
import { ACTION, OPTIONS, VIEW } from '../ids.js';
import {
  actions,
  button,
  confirm,
  context,
  escapeMrkdwn,
  externalSelect,
  input,
  modal,
  option,
  present,
  section,
  textInput,
} from './blocks.js';
import { pager } from './list-views.js';

export const DEPARTMENT_NAME_MAX = 60;
const SHOWN_NAME = 30;

/** One page of the tree: a row each with [修改], and [删除] where nothing hangs on it; at most 46 blocks. */
export function departmentsModal(t: Translate, list: DepartmentPage, result = ''): ModalView {
  const value = (page: number) => JSON.stringify({ p: page });
  const add = button(ACTION.departmentEdit, t('departments:add'), { value: JSON.stringify({ d: null }) });
  return modal({
    callbackId: VIEW.departmentList,
    title: t('departments:title'),
    close: t('common:close'),
    metadata: value(list.page),
    blocks: present<KnownBlock>(
      result !== '' && context(escapeMrkdwn(result)),
      actions([add]),
      list.rows.length === 0 && section(t('departments:none')),
      ...list.rows.flatMap((row) => departmentRow(t, row)),
      ...pager(t, list, ACTION.departmentPage, value),
    ),
  });
}

function departmentRow(t: Translate, row: DepartmentRow): KnownBlock[] {
  const name = truncate(row.name, SHOWN_NAME);
  const words = {
    name: escapeMrkdwn(name),
    director: escapeMrkdwn(row.director?.name ?? t('common:not_set')),
    people: row.people,
    children: row.children,
  };
  const text = row.parent
    ? t('departments:row_below', {
        ...words,
        parent: escapeMrkdwn(truncate(row.parent.name, SHOWN_NAME)),
      })
    : t('departments:row', words);
  const edit = button(ACTION.departmentEdit, t('settings:edit'), {
    value: JSON.stringify({ d: row.id }),
    label: `${t('settings:edit')} ${row.name}`,
  });
  if (row.people + row.children > 0) return [section(text, edit)];
  const remove = button(ACTION.departmentRemove, t('departments:remove'), {
    value: JSON.stringify({ d: row.id, v: row.version }),
    style: 'danger',
    label: `${t('departments:remove')} ${row.name}`,
    confirm: confirm(
      t('departments:remove_title', { name }),
      t('departments:remove_text'),
      t('departments:remove'),
      t('departments:keep'),
      true,
    ),
  });
  return [section(text, edit), actions([remove])];
}

/** A new department, or one to change. */
export function departmentForm(t: Translate, row: DepartmentRow | null, metadata: string): ModalView {
  const parent = row?.parent ? option(row.parent.name, row.parent.id) : undefined;
  return modal({
    callbackId: VIEW.departmentEdit,
    title: t(row ? 'departments:edit' : 'departments:add'),
    submit: t('common:save'),
    close: t('common:cancel'),
    metadata,
    blocks: [
      input(
        'name',
        t('departments:name'),
        textInput({ initial: row?.name ?? null, maxLength: DEPARTMENT_NAME_MAX }),
      ),
      input('parentId', t('departments:parent'), externalSelect(OPTIONS.department, { initial: parent }), {
        optional: true,
        hint: t('departments:parent_hint'),
      }),
      input(
        'directorId',
        t('departments:director'),
        {
          type: 'users_select',
          action_id: 'value',
          ...(row?.director && { initial_user: row.director.slackUserId }),
        },
        { optional: true, hint: t('departments:director_hint') },
      ),
    ],
  });
}
