// The four doors of Slack, each with one shape: acknowledge, build the context, run, tell. Listeners of features are
// plugged in here; nothing else calls ack(). What they are given is in turns.ts.
import type { BlockAction, EventFromType, RespondFn, ViewOutput } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import type { z } from 'zod';
import type { Ctx } from '../ctx.js';
import { DomainError } from '../domain/errors.js';
import { todayIn } from '../domain/local-date.js';
import { valueOfAction } from './action-value.js';
import { Contexts } from './context.js';
import type { Deps } from './deps.js';
import { describeError, type Reader, type Words } from './errors.js';
import { Form, FormErrors } from './forms.js';
import { translator } from './i18n/index.js';
import type { Listeners } from './listeners.js';
import { alertOrPush, openOrWrite, redraw, writeTo } from './redraw.js';
import {
  type Answer,
  acknowledgement,
  finalView,
  later,
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
import { savingView } from './views/form-views.js';
import { answerModal, type Message, sendable } from './views/info-view.js';
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

  command(name: string, run: (turn: CommandTurn) => Promise<void>, options?: DoorOptions): void {
    this.listeners.command(name, async ({ ack, command, client, respond }) => {
      await ack();
      const reply = async (message: Message) => {
        await respond({ response_type: 'ephemeral', ...sendable(message) });
      };
      await this.guard(
        command.user_id,
        (words) => reply(this.refusalMessage(words, command.user_id)),
        async () => {
          const turn = await this.turn(client, command.user_id, command.trigger_id, options);
          await run({ ...turn, command: command.command, text: command.text ?? '', reply });
        },
      );
    });
  }

  action(id: string | RegExp, run: (turn: ActionTurn) => Promise<void>, options?: DoorOptions): void {
    this.listeners.action(id, async ({ ack, action, body, client, respond }) => {
      await ack();
      const tell = (message: Message) => this.tellClicker(client, body, respond, message);
      await this.guard(
        body.user.id,
        (words) => tell(this.refusalMessage(words, body.user.id)),
        async () => {
          const turn = await this.turn(client, body.user.id, body.trigger_id, options);
          const show = async (view: ModalView) => {
            const inModal = body.view?.type === 'modal';
            await client.views[inModal ? 'push' : 'open']({ trigger_id: body.trigger_id, view });
          };
          await run({
            ...turn,
            action,
            body,
            value: valueOfAction(action),
            tell: (text) => tell({ text }),
            reply: (message) => (body.view ? show(answerModal(turn.t, message)) : tell(message)),
            rewrite: async (message) => {
              const isOwn = body.container.is_ephemeral === true;
              await respond({ response_type: 'ephemeral', replace_original: isOwn, ...sendable(message) });
            },
            redraw: async (view) => {
              await redraw(client, body.view, view);
            },
            show,
          });
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
  shortcut(callbackId: string, run: (turn: Turn & { message: string }) => Promise<void>): void {
    this.listeners.shortcut(callbackId, async ({ ack, shortcut, client }) => {
      await ack();
      const open = async (words: Words) => {
        const t = translator(this.contexts.localeOf(shortcut.user.id));
        await openOrWrite(client, shortcut, t, this.refusalMessage(words, shortcut.user.id));
      };
      await this.guard(shortcut.user.id, open, async () =>
        run({
          ...(await this.turn(client, shortcut.user.id, shortcut.trigger_id)),
          message: shortcut.type === 'message_action' ? (shortcut.message.text ?? '') : '',
        }),
      );
    });
  }

  options(
    id: string,
    run: (turn: {
      ctx: Ctx;
      words: string;
      metadata: string;
      blockId: string;
    }) => Promise<{ text: string; value: string }[]>,
  ): void {
    this.listeners.options(id, async ({ ack, body, options, client }) => {
      let found: { text: string; value: string }[] = [];
      try {
        const ctx = await this.contexts.of(client, body.user.id);
        const metadata = 'view' in body && body.view ? body.view.private_metadata : '';
        found = await run({ ctx, words: options.value, metadata, blockId: options.block_id });
      } catch (error) {
        this.deps.log.warn({ err: error }, 'options failed');
      }
      await ack({
        options: found
          .slice(0, 100)
          .map(({ text, value }) => ({ text: { type: 'plain_text' as const, text }, value })),
      });
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
      const locale = this.contexts.localeOf(body.user.id);
      const t = translator(locale);
      const form = new Form(view.state.values);
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
        await ack(acknowledgement(answer, view, t));
        return;
      }
      await ack({ response_action: 'update', view: savingView(t, view) });
      const late = await work;
      try {
        await client.views.update({ view_id: view.id, view: finalView(late, view, t) });
      } catch (error) {
        this.deps.log.warn({ err: error }, 'the window of a late answer is gone');
        await writeTo(client, body.user.id, { text: lateText(late, view, t) });
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
    slackUserId: string,
    tell: (words: Words) => Promise<void>,
    run: () => Promise<void>,
  ): Promise<void> {
    try {
      await run();
      this.deps.kick();
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

  private async tellClicker(
    client: WebClient,
    body: BlockAction,
    respond: RespondFn,
    message: Message,
  ): Promise<void> {
    if (body.view) {
      const t = translator(this.contexts.localeOf(body.user.id));
      if (body.view.type !== 'modal') return openOrWrite(client, body, t, message);
      try {
        await alertOrPush(client, body, message.text, answerModal(t, message));
      } catch {
        // The window is closed, or Slack changes none at the moment.
        await writeTo(client, body.user.id, message);
      }
      return;
    }
    await respond({ response_type: 'ephemeral', replace_original: false, ...sendable(message) });
  }

  /** Words for a refusal; a person without a role gets the way to ask for one. */
  private refusalMessage(words: Words, slackUserId: string): Message {
    const t = translator(this.contexts.localeOf(slackUserId));
    return words.code === 'role.missing' ? askAccessMessage(t) : { text: words.text };
  }
}
