// Settings of departments (部门): the tree, its heads, and the form of one; admins only (F98, F99; ux §4.9).
import { z } from 'zod';
import { authorize } from '../domain/access.js';
import { DomainError } from '../domain/errors.js';
import { newId } from '../domain/ids.js';
import {
  findDepartment,
  findDepartmentOptions,
  findDepartments,
} from '../domain/members/department.queries.js';
import { removeDepartment, saveDepartment } from '../domain/members/department.service.js';
import type { Deps } from './deps.js';
import { ACTION, OPTIONS, VIEW } from './ids.js';
import type { Doors } from './listen.js';
import { memberIn } from './settings.js';
import { recordId } from './show-view.js';
import type { Outcome } from './submission.js';
import { returnTo } from './turn-to.js';
import { type ActionTurn, formMetadata, parseValue, type SubmitTurn, type Turn } from './turns.js';
import { DEPARTMENT_NAME_MAX, departmentForm, departmentsModal } from './views/department-views.js';
import { pagerButtons } from './views/list-views.js';

const pageValue = z.object({ p: z.number().int() });
const editValue = z.object({ d: z.uuid().nullable() });
const removeValue = z.object({ d: z.uuid(), v: z.number().int() });
/** `p`: the page of the list below. */
const editMetadata = formMetadata({ ...editValue.shape, v: z.number().int(), p: z.number().int() });

/** Plugs in the tree and the form. */
export function registerDepartments(doors: Doors, _deps: Deps): void {
  doors.opens(ACTION.departmentList, async (turn) => turn.show(await drawDepartments(turn, 1)));
  doors.action(pagerButtons(ACTION.departmentPage), async (turn) =>
    turn.redraw(await drawDepartments(turn, parseValue(pageValue, turn.value).p)),
  );
  doors.opens(ACTION.departmentEdit, openDepartment);
  doors.action(ACTION.departmentRemove, clickRemove);
  doors.submit(VIEW.departmentEdit, editMetadata, (turn) => submitDepartment(turn, doors));
  doors.options(OPTIONS.department, async ({ ctx, words }) => {
    const found = await findDepartmentOptions(ctx, words);
    return found.map(({ id, name }) => ({ text: [...name].slice(0, 75).join(''), value: id }));
  });
}

async function drawDepartments({ ctx, t }: Pick<Turn, 'ctx' | 't'>, page: number, result?: string) {
  return departmentsModal(t, await findDepartments(ctx, page), result);
}

const pageShown = (turn: ActionTurn): number =>
  parseValue(pageValue, turn.body.view?.private_metadata ?? '').p;

async function openDepartment(turn: ActionTurn): Promise<void> {
  authorize(turn.ctx.actor, 'settings.edit');
  const { d } = parseValue(editValue, turn.value);
  const row = d === null ? null : await findDepartment(turn.ctx, d);
  if (d !== null && row === null) throw new DomainError('not_found', { ref: '' });
  const state = { r: newId(turn.ctx.now), d, v: row?.version ?? 0, p: pageShown(turn) };
  await turn.show(departmentForm(turn.t, row, JSON.stringify(state)));
}

async function clickRemove(turn: ActionTurn): Promise<void> {
  const { d, v } = parseValue(removeValue, turn.value);
  const gone = await removeDepartment(turn.ctx, d, v);
  const result = turn.t('departments:removed', { name: gone.name });
  await turn.redraw(await drawDepartments(turn, pageShown(turn), result));
}

async function submitDepartment(
  turn: SubmitTurn<z.infer<typeof editMetadata>>,
  doors: Doors,
): Promise<Outcome> {
  const { ctx, t, form, metadata } = turn;
  authorize(ctx.actor, 'settings.edit');
  const name = form.requiredText('name', { max: DEPARTMENT_NAME_MAX });
  const parent = form.choice('parentId');
  const directorId = await memberIn(turn, doors, 'directorId');
  form.check();
  const saved = await saveDepartment(ctx, {
    id: metadata.d,
    version: metadata.v,
    name,
    parentId: parent === null ? null : recordId(parent),
    directorId,
  });
  const result = t('departments:saved', { name: saved.name });
  return returnTo(turn, true, await drawDepartments(turn, metadata.p, result));
}
