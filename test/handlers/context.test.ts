// What a click knows of its person and company: always as of now, whoever changed it, in whatever instance.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { toActor } from '../../src/domain/members/member.queries.js';
import { ensureMember, setMember } from '../../src/domain/members/member.service.js';
import { editCompany } from '../../src/domain/settings/company.service.js';
import { Contexts, profileOf } from '../../src/handlers/context.js';
import { createLog } from '../../src/log.js';
import { NOON, PEOPLE, type PersonKey } from '../support/company.js';
import { type SandboxedCompany, slackId, startSandboxedCompany } from '../support/sandboxed-company.js';

let world: SandboxedCompany;
let contexts: Contexts;
beforeAll(async () => {
  world = await startSandboxedCompany();
  contexts = new Contexts({
    db: world.company.db,
    clock: () => NOON,
    log: createLog('silent'),
    kick: () => {},
    download: async () => null,
  });
});
afterAll(() => world.close());
const seen = (who: PersonKey) => contexts.of(world.client, slackId(who));
const member = (who: PersonKey) =>
  world.company.db.user.findUniqueOrThrow({ where: { id: world.company.ids[who] } });

describe('a context', () => {
  it.each(Object.keys(PEOPLE) as PersonKey[])('knows %s as the members’ queries do', async (who) => {
    expect((await seen(who)).actor).toEqual(await toActor(world.company.db, await member(who)));
  });

  it('keeps the company until somebody else changes it', async () => {
    const { company } = await seen('rep');
    expect((await seen('manager')).company).toBe(company);
    await editCompany(await world.company.as('admin'), company.version, { name: '长风设备' });
    expect((await seen('rep')).company.name).toBe('长风设备');
  });

  it('has roles and team as of now', async () => {
    const { ids } = world.company;
    expect((await seen('manager')).actor.teamIds.toSorted()).toEqual([ids.rep, ids.rep2].toSorted());
    const { version } = await member('rep2');
    await setMember(await world.company.as('admin'), {
      userId: ids.rep2,
      version,
      roles: ['finance'],
      managerId: null,
    });
    expect((await seen('manager')).actor.teamIds).toEqual([ids.rep]);
    expect((await seen('rep2')).actor.roles).toEqual(['finance']);
  });

  it('lets nobody in who was deactivated a moment ago', async () => {
    await seen('auditor');
    await world.company.db.user.update({ where: { id: world.company.ids.auditor }, data: { active: false } });
    await expect(seen('auditor')).rejects.toMatchObject({ code: 'role.missing' });
  });

  const another = () =>
    new Contexts({
      db: world.company.db,
      clock: () => NOON,
      log: createLog('silent'),
      kick: () => {},
      download: async () => null,
    });

  it.each([
    ['zh-CN', 'zh-CN'],
    ['zh-TW', 'zh-CN'],
    ['en-GB', 'en'],
    ['ja-JP', 'zh-CN'],
    ['ent', 'zh-CN'],
    [undefined, 'zh-CN'],
  ] as const)('of a person whose Slack speaks %s answers in %s', async (locale, spoken) => {
    const slackUserId = `U_SPEAKS_${locale ?? 'NOTHING'}`;
    const profile = profileOf(slackUserId, { name: 'x', ...(locale !== undefined && { locale }) });
    await ensureMember(world.company.db, NOON, profile);
    expect((await contexts.of(null, slackUserId)).actor.locale).toBe(spoken);
  });

  it('speaks the company’s language to whoever speaks another, whichever that is', async () => {
    const { company } = await seen('rep');
    await editCompany(await world.company.as('admin'), company.version, { locale: 'en' });
    await ensureMember(world.company.db, NOON, profileOf('U_JA', { name: 'x', locale: 'ja-JP' }));
    expect((await contexts.of(null, 'U_JA')).actor.locale).toBe('en');
    const { version } = await world.company.db.company.findFirstOrThrow();
    await editCompany(await world.company.as('admin'), version, { locale: 'zh-CN' });
  });

  it('goes by what is known of a person where Slack does not answer, and asks again after a minute', async () => {
    const anew = another();
    const asks = () =>
      world.sandbox.journal().filter((entry) => entry.kind === 'call' && entry.name === 'users.info').length;
    world.sandbox.faults.add({ method: 'users.info', status: 500, times: 99 });
    expect((await anew.of(world.client, slackId('finance'))).actor.id).toBe(world.company.ids.finance);
    await expect(anew.of(world.client, 'U_STRANGER')).rejects.toThrow();
    const asked = asks();
    world.sandbox.faults.clear();
    await anew.of(world.client, slackId('finance'));
    expect(asks()).toBe(asked);
    const real = performance.now.bind(performance);
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => real() + 61_000);
    await anew.of(world.client, slackId('finance'));
    clock.mockRestore();
    expect(asks()).toBe(asked + 1);
    await anew.of(null, slackId('rep'));
    expect(asks()).toBe(asked + 1);
  });

  it('lets nobody who is known wait for a slow Slack, and takes what it says when it does', async () => {
    const name = async () => (await member('finance2')).name;
    const before = await name();
    await world.company.db.user.update({
      where: { id: world.company.ids.finance2 },
      data: { name: 'earlier' },
    });
    world.sandbox.faults.add({ method: 'users.info', delay_ms: 6_000, times: 1 });
    const begun = performance.now();
    const { actor } = await another().of(world.client, slackId('finance2'));
    expect(actor.id).toBe(world.company.ids.finance2);
    expect(performance.now() - begun).toBeLessThan(5_000);
    expect(await name()).toBe('earlier');
    await expect.poll(name, { timeout: 20_000 }).toBe(before);
  }, 40_000);
});
