// Whom an escalation case asks, by a level and by now.
import { describe, expect, it } from 'vitest';
import { askedBy, askedNow, idsOf } from '../../../src/domain/reminders/asked.js';
import { DEFAULT_LADDER, type LadderRule } from '../../../src/domain/reminders/ladder.js';
import { rulesOfKind } from '../../../src/domain/reminders/ladders.js';
import type { People } from '../../../src/domain/reminders/recipients.js';

const LADDER = rulesOfKind(DEFAULT_LADDER, 'normal');
const people = (more: Partial<People> = {}): People => ({
  owner: 'rep',
  financeOwner: null,
  managers: ['manager', 'director'],
  directors: ['director', 'other director'],
  finance: ['finance'],
  financeManagers: ['fm'],
  admins: ['admin'],
  hasFinanceChannel: false,
  ...more,
});
const now = (asked: string[], level: number, at: People, before: People | null = null, ladder = LADDER) =>
  idsOf(askedNow({ asked, level }, ladder, at, before));

describe('a level', () => {
  const ruleOf = (code: string): LadderRule => LADDER.find((rule) => rule.code === code) ?? raise();
  const raise = (): never => {
    throw new Error('no such step');
  };
  it('asks whom it adds to the level before; if it adds nobody, all but the owner', () => {
    expect(askedBy(ruleOf('E2'), null, LADDER, people())).toEqual([{ id: 'manager', role: 'sales_manager' }]);
    expect(idsOf(askedBy(ruleOf('E3'), 1, LADDER, people()))).toEqual(['director', 'fm']);
    expect(idsOf(askedBy(ruleOf('E4'), 2, LADDER, people()))).toEqual(['manager', 'director', 'fm']);
    // Whom it would add is asked already, as the stand-in of the level before.
    expect(idsOf(askedBy(ruleOf('E2'), null, LADDER, people({ managers: [] })))).toEqual([
      'director',
      'other director',
    ]);
  });
});

describe('an open case', () => {
  it('asks whom it asked, in whatever order, as long as they see the row', () => {
    expect(now(['fm', 'director'], 2, people())).toEqual(['fm', 'director']);
    expect(now([], 2, people())).toEqual([]);
  });

  it('in place of one who has left asks those of its level; the others stay', () => {
    expect(now(['gone', 'fm'], 2, people())).toEqual(['fm', 'director']);
    expect(now(['manager'], 1, people({ managers: ['new'] }))).toEqual(['new']);
    expect(now(['rep'], 1, people())).toEqual(['manager']);
  });

  it('of another owner asks who holds above them what was asked above the old one', () => {
    const before = people();
    const after = people({ owner: 'rep2', managers: ['manager2', 'other director'] });
    expect(now(['manager'], 1, after, before)).toEqual(['manager2']);
    expect(now(['director', 'fm'], 2, after, before)).toEqual(['other director', 'fm']);
    // Nobody who was asked holds a role above the old owner any more: those of all its levels.
    expect(now(['gone'], 2, after, before)).toEqual(['manager2', 'other director', 'fm']);
  });

  it('without any level asks who still sees the row, at last the manager: never nobody', () => {
    const none: LadderRule[] = [];
    expect(now(['gone', 'fm'], 2, people(), null, none)).toEqual(['fm']);
    expect(now(['gone'], 2, people(), null, none)).toEqual(['manager']);
    const after = people({ owner: 'rep2', managers: ['manager2'] });
    expect(now(['manager'], 1, after, people(), none)).toEqual(['manager2']);
    const onlyUrgent = LADDER.filter((rule) => rule.code === 'E1');
    expect(now(['gone'], 1, people(), null, onlyUrgent)).toEqual(['manager']);
  });
});
