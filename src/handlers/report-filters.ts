// What a report is narrowed to: the form, its choices, and the report that it leads to. What was chosen is checked against
// the reader's scope when the report is read (rules §12).
import type { z } from 'zod';
import { scopeOf } from '../domain/access.js';
import { newId } from '../domain/ids.js';
import {
  filtersOf,
  isOfPeriod,
  type ReportQuery,
  reportQuery,
  unnarrowed,
} from '../domain/reports/report.js';
import {
  findContractChoices,
  findDepartmentChoices,
  findReportNames,
} from '../domain/reports/report-names.queries.js';
import type { Doors } from './listen.js';
import { drawModal, inOrder, settingOf, shownQuery } from './report-drawing.js';
import { REPORT } from './report-ids.js';
import { showView } from './show-view.js';
import type { Outcome } from './submission.js';
import { returnTo } from './turn-to.js';
import { type ActionTurn, formMetadata, parseValue, type SubmitTurn } from './turns.js';
import { reportFilterModal } from './views/report-filter-views.js';

/** `q`: the report as it was shown. */
const filterMetadata = formMetadata({ q: reportQuery });

/** Plugs in the form and its choices. */
export function registerReportFilters(doors: Doors): void {
  doors.opens(REPORT.filter, openFilter);
  doors.submit(REPORT.filter, filterMetadata, submitFilter);
  const toOption = ({ id, name }: { id: string; name: string }) => {
    return { text: [...name].slice(0, 75).join(''), value: id };
  };
  doors.options(REPORT.contracts, async ({ ctx, words }) =>
    (await findContractChoices(ctx, words)).map(toOption),
  );
  doors.options(REPORT.departments, async ({ ctx, words }) =>
    (await findDepartmentChoices(ctx, words)).map(toOption),
  );
}

async function openFilter(turn: ActionTurn): Promise<void> {
  const { ctx } = turn;
  const query = shownQuery(turn);
  const form = {
    query,
    asksOwner: scopeOf(ctx.actor, 'record.see') !== 'own',
    metadata: JSON.stringify({ r: newId(ctx.now), q: query }),
  };
  await showView(turn, reportFilterModal(form, settingOf(turn, await findReportNames(ctx, query))));
}

/** In place of the report below; asked from a message, the form itself turns into the report. */
async function submitFilter(turn: SubmitTurn<z.infer<typeof filterMetadata>>): Promise<Outcome> {
  const { form, metadata, ctx } = turn;
  const shown = metadata.q;
  const past = { today: ctx.today, prefer: 'past' } as const;
  const to = form.requiredDate('to', past);
  const from = isOfPeriod(shown.kind) ? form.requiredDate('from', past) : shown.from;
  form.check();
  const chosen = filtersOf(shown.kind).flatMap((name) => {
    const value = form.choice(name);
    return value === null ? [] : [[name, value] as const];
  });
  const asked = { ...unnarrowed(shown), from, to, ...Object.fromEntries(chosen) };
  const query: ReportQuery = inOrder(parseValue(reportQuery, JSON.stringify(asked)));
  const onTop = turn.view.previous_view_id !== null;
  return returnTo(turn, onTop, await drawModal(turn, query));
}
