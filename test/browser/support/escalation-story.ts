// What nobody paid is seen through in its thread, by three people: seen, followed up, promised, recorded, approved, closed. In
// whichever language they read.
import { expect } from 'vitest';
import { CHANNELS } from '../../../scripts/sandbox-world.js';
import type { PersonWindow } from './person-window.js';

/** Of the demo company: due on 13 March, unpaid; its rep is 李雷, their manager 赵琳. */
export const LATE_CUSTOMER = '顺达物流有限公司';

/** What the people press and read. */
export interface StoryWords {
  /** Moves the clock by a week. */
  readonly forward: string;
  readonly opened: string;
  readonly acknowledged: string;
  readonly followed: string;
  readonly promise: string;
  readonly promised: RegExp;
  /** Of the promise, on the card. */
  readonly day: string;
  readonly sent: RegExp;
  /** Of the receipt's line in the thread. */
  readonly recorded: string;
  readonly approved: string;
  readonly closed: string;
  readonly paid: RegExp;
}

const SAID = '王经理：在走付款流程 (in their approval)';

/** Plays it, and takes a picture of the thread at its end. */
export async function seeCaseThrough(
  open: (person: string) => Promise<PersonWindow>,
  words: StoryWords,
): Promise<void> {
  const manager = await open('U_MANAGER');
  await manager.page.getByRole('button', { name: words.forward }).click();
  const moving = manager.page.locator('[data-clock-moving]');
  await moving.waitFor();
  await moving.waitFor({ state: 'detached', timeout: 90_000 });
  await manager.goTo(CHANNELS.escalation);
  const root = manager.message(LATE_CUSTOMER);
  await root.getByText(words.opened).waitFor();
  const acknowledge = root.locator('[data-action-id="case.acknowledge"]');
  await acknowledge.click();
  await acknowledge.waitFor({ state: 'detached' });
  await root.locator('.thread-line').click();
  const thread = manager.page.locator('[data-thread-ts] [data-message-ts]');
  await thread.filter({ hasText: words.acknowledged }).last().waitFor();

  // The rep logs whom they called, and what the customer promised, from the same card; the thread and the card tell it.
  const rep = await open('U_REP');
  // Whatever window the rep left open is open here too.
  await rep.closeModals();
  await rep.goTo(CHANNELS.escalation);
  const card = rep.message(LATE_CUSTOMER);
  await card.locator('[data-action-id="follow_up.record"]').click();
  const called = await rep.modal('follow_up.record');
  await called.locator('[data-block-id^="content"] textarea').fill(SAID);
  await called.locator('[data-submit]').click();
  await thread.filter({ hasText: words.followed }).filter({ hasText: SAID }).waitFor();
  await rep.closeModals();
  await card.locator('[data-action-id="instalment.more"]').click();
  await rep.page.getByRole('menuitem', { name: words.promise }).click();
  const promise = await rep.modal('follow_up.record');
  await promise.locator('[data-block-id^="promisedOn"] input').fill('2026-03-25');
  await promise.locator('[data-submit]').click();
  await thread.filter({ hasText: words.promised }).waitFor();
  await root.getByText(words.day).first().waitFor();
  await rep.closeModals();

  // Then the money is there: recorded from the card, approved, and the case ends by itself.
  await card.locator('[data-action-id="receipt.new"]').click();
  const form = await rep.modal('receipt.new');
  await form.locator('[data-action-id="receipt.change"]').waitFor();
  await form.locator('[data-submit]').click();
  const sent = rep.page.locator('dialog[open]').getByText(words.sent);
  await sent.waitFor();
  const receipt = /HK-\d+-\d+/.exec((await sent.textContent()) ?? '')?.[0] ?? '';
  await rep.closeModals();
  await thread.filter({ hasText: words.recorded }).filter({ hasText: receipt }).waitFor();
  const finance = await open('U_FINANCE');
  await finance.goTo(CHANNELS.finance);
  await finance.message(receipt).locator('[data-action-id="approval.approve"]').click();
  await finance.page.getByRole('alertdialog').getByRole('button').last().click();
  await finance.message(receipt).getByText(`${words.approved} · ${receipt}`).waitFor();
  await root.getByText(words.closed).waitFor();
  expect(await root.locator('[data-action-id]').count()).toBe(0);
  await thread.filter({ hasText: words.paid }).waitFor();
  await manager.shoot(`escalation-${words.promise}`);
  expect([...manager.complaints, ...rep.complaints, ...finance.complaints]).toEqual([]);
}
