// What all approvals share: nudges, and the card in a person's own DM.
import { describe, expect, it } from 'vitest';
import {
  NUDGED_SHOWN,
  nudgeMessage,
  overdueMessage,
} from '../../src/handlers/views/approval-notice-views.js';
import { cardActions } from '../../src/handlers/views/approval-views.js';
import { anApproval } from '../support/approval-details.js';
import { expectMessage, LOCALES, nasty, reader } from '../support/view-check.js';

const person = (id: string) => ({ id, name: nasty(80) });

describe.each(LOCALES)('nudges in %s', (locale) => {
  it('fit with the longest cards, names and counts', () => {
    const one = {
      card: nasty(280),
      hours: 9999,
      approval: anApproval({ approvers: Array.from({ length: 100 }, (_, n) => person(`p${n}`)) }),
    };
    const who = reader(locale);
    for (const waiting of [[one], Array.from({ length: NUDGED_SHOWN }, () => one)])
      for (const total of [waiting.length, 4000]) {
        for (const by of [null, nasty(200)]) expectMessage(nudgeMessage(waiting, total, by, who));
        expectMessage(overdueMessage(waiting, total, who));
      }
  });
});

describe('the card in a DM', () => {
  const approval = anApproval({ approvers: [person('next')], delegateIds: ['stand_in'] });
  const words = { label: 'x', title: 'x', text: 'x' };
  const ids = (id: string | null) => {
    const { actor } = reader('en');
    const who = reader('en', { actor: actor && id !== null ? { ...actor, id } : null });
    return [...JSON.stringify(cardActions(approval, words, who)).matchAll(/"action_id":"([^"]+)"/g)].map(
      (match) => match[1],
    );
  };
  it('has buttons for who may decide now, delegates included; whose step is over only opens it', () => {
    const all = ['approval.approve', 'approval.reject', 'approval.more'];
    expect(ids('next')).toEqual(all);
    expect(ids('stand_in')).toEqual(all);
    expect(ids(null)).toEqual(all);
    expect(ids('before')).toEqual(['approval.open']);
  });
});
