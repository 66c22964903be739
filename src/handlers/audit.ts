// The audit trail of a record: from a command, from the record's window, or asked for by its number (F100).
import type { ModalView } from '@slack/types';
import { z } from 'zod';
import {
  AUDIT_KINDS,
  type AuditSubject,
  findAuditStory,
  findAuditSubject,
} from '../domain/audit-story.queries.js';
import { DomainError } from '../domain/errors.js';
import { newId } from '../domain/ids.js';
import { ACTION, VIEW } from './ids.js';
import type { Doors } from './listen.js';
import { readerOf, showView } from './show-view.js';
import type { Outcome } from './submission.js';
import { type Mover, modalOf } from './turn-to.js';
import { type ActionTurn, formMetadata, parseValue, type SubmitTurn, type Turn } from './turns.js';
import { auditForm, auditModal } from './views/audit-views.js';
import { pagerButtons } from './views/list-views.js';

const storyValue = z.object({ k: z.enum(AUDIT_KINDS), i: z.uuid(), p: z.number().int().min(1) });
const askMetadata = formMetadata({});

/** Plugs in the story and its pages. */
export function registerAudit(doors: Doors): void {
  doors.opens(ACTION.auditOpen, (turn) => (turn.value === '' ? openAudit(turn, '') : showPage(turn)));
  doors.action(pagerButtons(ACTION.auditPage), showPage);
  doors.submit(VIEW.auditAsk, askMetadata, submitAsk);
}

/** The story of what a number names; without one the form that asks. @throws DomainError not_found */
export async function openAudit(turn: Mover, ref: string): Promise<void> {
  const { ctx, t } = turn;
  if (ref === '') return showView(turn, auditForm(t, JSON.stringify({ r: newId(ctx.now) })));
  await showStory(turn, await draw(turn, await named(turn, ref)));
}

/** On top of the record's window, which it leaves as it is; in place of the third, which is all that Slack stacks. */
async function showStory(turn: Mover, view: ModalView): Promise<void> {
  const shown = modalOf(turn);
  const isThird = shown && shown.previous_view_id !== null && shown.previous_view_id !== shown.root_view_id;
  if (turn.redraw && (isThird || shown?.callback_id === VIEW.audit)) await turn.redraw(view);
  else await showView(turn, view);
}

async function showPage(turn: ActionTurn): Promise<void> {
  const { k, i, p } = parseValue(storyValue, turn.value);
  await showStory(turn, await draw(turn, { kind: k, id: i }, p));
}

async function submitAsk(turn: SubmitTurn<z.infer<typeof askMetadata>>): Promise<Outcome> {
  const ref = turn.form.requiredText('number', { max: 120 });
  turn.form.check();
  return { update: await draw(turn, await named(turn, ref, 'number')) };
}

async function named({ ctx }: Pick<Turn, 'ctx'>, ref: string, field?: string): Promise<AuditSubject> {
  const found = await findAuditSubject(ctx, ref);
  if (!found) throw new DomainError('not_found', { ref }, field);
  return found;
}

async function draw(turn: Pick<Turn, 'ctx' | 't'>, subject: AuditSubject, page = 1) {
  const story = await findAuditStory(turn.ctx, subject, page);
  return auditModal(story, turn.ctx.company.settings, readerOf(turn));
}
