// Who of a settings file is who here: by Slack id, else by e-mail. Pure.
import type { FilePerson, SettingsFile } from './settings-file.js';
import type { PresentPerson } from './settings-present.js';

export interface MatchedPeople {
  /** By the Slack id that the file has. */
  readonly find: (slackUserId: string | null) => PresentPerson | null;
  /** Names and e-mails of those who are not here, as the file has them. */
  readonly missing: readonly string[];
}

export function matchPeople(file: SettingsFile, present: readonly PresentPerson[]): MatchedPeople {
  const bySlackId = new Map(present.map((one) => [one.slackUserId, one]));
  const byEmail = new Map<string, PresentPerson>();
  // Whoever is active comes last, and so counts.
  for (const one of present.toSorted((a, b) => Number(a.active) - Number(b.active)))
    if (one.email !== null) byEmail.set(one.email.toLowerCase(), one);
  const named = new Map((file.people ?? []).map((one) => [one.slackUserId, one]));
  const match = (slackUserId: string): PresentPerson | null => {
    const email = named.get(slackUserId)?.email?.toLowerCase();
    return bySlackId.get(slackUserId) ?? (email === undefined ? null : (byEmail.get(email) ?? null));
  };
  const lost = [...new Set(referred(file))].filter((slackUserId) => match(slackUserId) === null);
  return {
    find: (slackUserId) => (slackUserId === null ? null : match(slackUserId)),
    missing: lost.map((slackUserId) => wordsOf(named.get(slackUserId), slackUserId)),
  };
}

const wordsOf = (person: FilePerson | undefined, slackUserId: string): string =>
  person ? [person.name, person.email ?? ''].filter(Boolean).join(' ') : slackUserId;

/** Everybody whom the file names anywhere. */
function referred({ people = [], departments = [], settings }: SettingsFile): string[] {
  const steps = (settings?.approvalFlows ?? []).flatMap((flow) => flow.steps);
  const all = [
    ...people.flatMap((one) => [one.slackUserId, one.manager]),
    ...departments.map((one) => one.director),
    ...steps.flatMap((step) => step.people),
  ];
  return all.filter((one) => one !== null);
}
