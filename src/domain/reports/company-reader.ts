// Who reads for the company itself: everything, and nothing else. Pure.
import type { Actor, Locale } from '../access.js';

/** For what jobs tell and keep; it is nobody, so nothing may be written in its name. */
export const readerForCompany = ({ locale, timezone }: { locale: Locale; timezone: string }): Actor => ({
  id: '00000000-0000-0000-0000-000000000000',
  slackUserId: '',
  name: '',
  roles: ['auditor'],
  teamIds: [],
  managerId: null,
  locale,
  timezone,
});
