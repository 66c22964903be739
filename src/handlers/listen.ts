// The four doors of Slack, each with one shape: acknowledge, build the context, run, tell. Listeners of features are
// plugged in here; nothing else calls ack(). What they are given is in turns.ts.
import type { BlockAction, EventFromType, ViewOutput } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import type { z } from 'zod';
import type { Ctx } from '../ctx.js';
import { DomainError } from '../domain/errors.js';
import { todayIn } from '../domain/local-date.js';
import { valueOfAction } from './action-value.js';
import { type Choice, NOT_LOADED, notLoaded, offered } from './choices.js';
import { clickTurn, tellClicker } from './click.js';
import { Contexts } from './context.js';
import type { Deps } from './deps.js';
import { describeError, type Reader, type Words } from './errors.js';
import { Form, FormErrors } from './forms.js';
import { translator } from './i18n/index.js';
import { later } from './later.js';
import type { Listeners } from './listeners.js';
import { Opening, type OpenView } from './opening.js';
import { openOnTop, openOrWrite, writeTo } from './redraw.js';
import type { Opener } from './show-view.js';
import {
  type Answer,
  acknowledgement,
  finalView,
  lateText,
  type Outcome,
  refusedAnswer,
} from './submission.js';
import { formIdOf, tellMore } from './tell-more.js';
import {
  type ActionTurn,
  type CommandTurn,
  type DoorOptions,
  parseValue,
  type SubmitTurn,
  type Turn,
} from './turns.js';
import { withHyphens } from './typed-number.js';
import { savingView } from './views/form-views.js';
import { type Message, refusedMessage, sendable } from './views/info-view.js';
import { askAccessMessage } from './views/member-views.js';

const LATE_MS = 2_000;

export class Doors {
  readonly contexts: Contexts;
  constructor(
    private readonly listeners: Listeners,
    private readonly deps: Deps,
  ) {
    this.contexts = new Contexts(deps);
  }

  /** `opens`: whether what was typed leads to a window. */
  command(
    name: string,
    run: (turn: CommandTurn) => Promise<void>,
    options: DoorOptions & { opens: (text: string) => boolean },
  ): void {
    this.listeners.command(name, async ({ ack, command, client, respond }) => {
      await ack();
      const text = command.text ?? '';
      const opening = this.opening(client, command.user_id, (view) =>
        client.views.open({ trigger_id: command.trigger_id, view }),
      );
      if (options.opens(text)) opening.expect();
      const reply = async (message: Message) => {
        if (await opening.answer(message)) return;
        await respond({ response_type: 'ephemeral', ...sendable(message) });
      };
      await this.guard(
        opening,
        command.user_id,
        (words) => reply(this.refusalMessage(words, command.user_id)),
        async () => {
          const turn = await this.turn(client, command.user_id, command.trigger_id, options);
          await run({ ...turn, command: command.command, text, reply, show: (view) => opening.show(view) });
        },
      );
    });
  }

  /**
   * A click that leads to a window: where that takes long, a skeleton is opened first. `when`: only for some of its clicks,
   * as the window takes another's place elsewhere.
   */
  opens(
    id: string | RegExp,
    run: (turn: ActionTurn) => Promise<void>,
    when: (body: BlockAction, value: string) => boolean = () => true,
  ): void {
    this.action(id, run, { opens: when });
  }

  action(
    id: string | RegExp,
    run: (turn: ActionTurn) => Promise<void>,
    options: DoorOptions & { opens?: (body: BlockAction, value: string) => boolean } = {},
  ): void {
    this.listeners.action(id, async ({ ack, action, body, client, respond }) => {
      await ack();
      const inModal = body.view?.type === 'modal';
      const opening = this.opening(client, body.user.id, (view) =>
        inModal ? openOnTop(client, body, view) : client.views.open({ trigger_id: body.trigger_id, view }),
      );
      if (options.opens?.(body, valueOfAction(action)) === true) opening.expect();
      const click = { client, body, respond, opening };
      const tell = (message: Message) => tellClicker(click, this.wordsFor(body.user.id), message);
      await this.guard(
        opening,
        body.user.id,
        (words) => tell(this.refusalMessage(words, body.user.id)),
        async () => {
          if (valueOfAction(action) === NOT_LOADED) throw new DomainError('choice.not_loaded', {});
          const turn = await this.turn(client, body.user.id, body.trigger_id, options);
          await run(clickTurn(turn, { ...click, action, tell }));
        },
      );
    });
  }

  /** Something happened and nobody waits for an answer: a failure goes to the log. */
  event<E extends string>(
    type: E,
    run: (event: EventFromType<E>, client: WebClient, botUserId: string | undefined) => Promise<void>,
  ): void {
    this.listeners.event(type, async ({ event, client, context }) => {
      try {
        await run(event, client, context.botUserId);
      } catch (error) {
        this.deps.log.error({ err: error, event: type }, 'an event could not be handled');
      }
    });
  }

  /** `message`: the text of the message that a message shortcut was used on. */
  shortcut(callbackId: string, run: (turn: Opener & { message: string }) => Promise<void>): void {
    this.listeners.shortcut(callbackId, async ({ ack, shortcut, client }) => {
      await ack();
      const opening = this.opening(client, shortcut.user.id, (view) =>
        client.views.open({ trigger_id: shortcut.trigger_id, view }),
      );
      opening.expect();
      const tell = async (words: Words) => {
        const message = this.refusalMessage(words, shortcut.user.id);
        if (await opening.answer(message)) return;
        await openOrWrite(client, shortcut, this.wordsFor(shortcut.user.id), message);
      };
      await this.guard(opening, shortcut.user.id, tell, async () =>
        run({
          ...(await this.turn(client, shortcut.user.id, shortcut.trigger_id)),
          show: (view) => opening.show(view),
          message: shortcut.type === 'message_action' ? (shortcut.message.text ?? '') : '',
        }),
      );
    });
  }

  /** Choices for what is typed; where they cannot be found, one that says so, and that no form and no click takes. */
  options(
    id: string,
    run: (turn: { ctx: Ctx; words: string; metadata: string; blockId: string }) => Promise<Choice[]>,
  ): void {
    this.listeners.options(id, async ({ ack, body, options, client }) => {
      let found: Choice[];
      try {
        const ctx = await this.contexts.of(client, body.user.id);
        const metadata = 'view' in body && body.view ? body.view.private_metadata : '';
        const search = (words: string) => run({ ctx, words, metadata, blockId: options.block_id });
        found = await search(options.value);
        const spelled = withHyphens(options.value, ctx.company.settings.numbering);
        if (found.length === 0 && spelled !== null) found = await search(spelled);
      } catch (error) {
        this.deps.log.warn({ err: error }, 'options failed');
        found = notLoaded(this.wordsFor(body.user.id));
      }
      await ack(offered(found));
    });
  }

  /**
   * A submission: acknowledged with its outcome, so that field errors can be shown. After 2 seconds a "saving" view is
   * acknowledged instead and the outcome replaces it; a failure rebuilds the form with everything that was typed.
   */
  submit<M extends z.ZodType<{ r: string }>>(
    callbackId: string,
    metadata: M,
    run: (turn: SubmitTurn<z.infer<M>>) => Promise<Outcome>,
  ): void {
    this.listeners.view(callbackId, async ({ ack, body, view, client }) => {
      const form = new Form(view.state.values);
      // Of whom nothing was heard since the start the language is known once the work has begun.
      const words = () => this.wordsFor(body.user.id);
      const work = (async (): Promise<Answer> => {
        try {
          const values = parseValue(metadata, view.private_metadata || '{}');
          const ctx = await this.contexts.of(client, body.user.id, values.r);
          const triggerId = 'trigger_id' in body ? body.trigger_id : '';
          const turn = {
            ctx,
            t: translator(ctx.actor.locale),
            client,
            triggerId,
            form,
            metadata: values,
            view,
          };
          // As far as is known before any of it is read: a choice that stands for none.
          form.check();
          const outcome = await run(turn);
          this.deps.kick();
          return { outcome };
        } catch (error) {
          const told = await tellMore(this.deps.db, error, formIdOf(view.private_metadata));
          return this.refusal(told, body.user.id, form, view);
        }
      })();
      const answer = await Promise.race([work, later(LATE_MS)]);
      if (answer) {
        await ack(acknowledgement(answer, view, words()));
        return;
      }
      await ack({ response_action: 'update', view: savingView(words(), view) });
      const late = await work;
      try {
        await client.views.update({ view_id: view.id, view: finalView(late, view, words()) });
      } catch (error) {
        this.deps.log.warn({ err: error }, 'the window of a late answer is gone');
        await writeTo(client, body.user.id, { text: lateText(late, view, words()) });
      }
    });
  }

  private refusal(error: unknown, slackUserId: string, form: Form, view: ViewOutput): Answer {
    const reader = this.readerFor(slackUserId);
    const all = error instanceof FormErrors ? error.errors : [error];
    return refusedAnswer(
      all.map((one) => describeError(one, reader, this.deps.log)),
      form,
      view,
    );
  }

  /** Runs, kicks the outbox, and turns whatever is thrown into words for the person. */
  private async guard(
    opening: Opening,
    slackUserId: string,
    tell: (words: Words) => Promise<void>,
    run: () => Promise<void>,
  ): Promise<void> {
    try {
      await run();
      this.deps.kick();
      await opening.end();
    } catch (error) {
      const told = await tellMore(this.deps.db, error);
      const words = describeError(told, this.readerFor(slackUserId), this.deps.log);
      try {
        await tell(words);
      } catch (failure) {
        this.deps.log.error({ err: failure, code: words.code }, 'the person could not be told');
      }
    }
  }

  /** The window that a click may lead to. */
  private opening(client: WebClient, slackUserId: string, open: OpenView): Opening {
    return new Opening(client, open, () => this.wordsFor(slackUserId), this.deps.skeletonMs);
  }

  /** In the language that a person was last seen with. */
  private readonly wordsFor = (slackUserId: string) => translator(this.contexts.localeOf(slackUserId));

  private async turn(
    client: WebClient,
    slackUserId: string,
    triggerId: string,
    options: DoorOptions = {},
  ): Promise<Turn> {
    const ctx = await this.contexts.of(client, slackUserId);
    if (ctx.actor.roles.length === 0 && options.anyone !== true) throw new DomainError('role.missing', {});
    return { ctx, t: translator(ctx.actor.locale), client, triggerId };
  }

  /** For whom words are told where no context could be built. */
  readerFor(slackUserId: string): Reader {
    const now = this.deps.clock();
    const timezone = this.contexts.timezone();
    return { locale: this.contexts.localeOf(slackUserId), now, today: todayIn(now, timezone), timezone };
  }

  /** Words for a refusal: without a role the way to ask for one, and to who may not add a record the way to those there are. */
  private refusalMessage(words: Words, slackUserId: string): Message {
    const t = this.wordsFor(slackUserId);
    return words.code === 'role.missing' ? askAccessMessage(t) : refusedMessage(words, t);
  }
}
