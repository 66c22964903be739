// What listeners of conversations are given, and what forms and buttons carry.
import type { BlockAction, BlockElementAction, ViewOutput } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { Ctx } from '../ctx.js';
import { DomainError } from '../domain/errors.js';
import type { Form } from './forms.js';
import type { Translate } from './i18n/index.js';
import type { Message } from './views/info-view.js';

/** `anyone`: people without a role come in too; all others get nothing but the way to ask for one (rules §14). */
export interface DoorOptions {
  readonly anyone?: boolean;
}

/** What a listener works with. */
export interface Turn {
  readonly ctx: Ctx;
  readonly t: Translate;
  readonly client: WebClient;
  /** Valid for 3 seconds and one use. */
  readonly triggerId: string;
}

export interface CommandTurn extends Turn {
  readonly command: string;
  readonly text: string;
  /** An answer only the person sees. */
  readonly reply: (message: Message) => Promise<void>;
  /** Opens a modal. */
  readonly show: (view: ModalView) => Promise<void>;
}

export interface ActionTurn extends Turn {
  readonly action: BlockElementAction;
  readonly body: BlockAction;
  /** The button's value, the chosen option's, or ''. */
  readonly value: string;
  /** An answer only the person sees; in a modal or on Home a modal. */
  readonly tell: (text: string) => Promise<void>;
  /** As `tell`, with blocks; a modal on top where the click was in a view. */
  readonly reply: (message: Message) => Promise<void>;
  /** Replaces the answer in which the click happened; a message that others read stays, and is answered. */
  readonly rewrite: (message: Message) => Promise<void>;
  /** Replaces the modal in which the click happened. */
  readonly redraw: (view: ModalView) => Promise<void>;
  /** The same with a form that is drawn from what is entered in it: of clicks in quick succession the last one stays. */
  readonly redrawEntered: (view: ModalView) => Promise<void>;
  /** Opens a modal, on top of the one in which the click happened. */
  readonly show: (view: ModalView) => Promise<void>;
  /** The same with one that says what is being done: what is shown or told next takes its place. */
  readonly showMeanwhile: (view: ModalView) => Promise<void>;
}

export interface SubmitTurn<M> extends Turn {
  readonly form: Form;
  readonly metadata: M;
  readonly view: ViewOutput;
}

/** private_metadata of a form: `r` is the request id minted when it opened; `v`, if any, the version it was shown. */
export const formMetadata = <S extends z.ZodRawShape>(shape: S) => z.object({ r: z.string(), ...shape });

/** Minor units as text, as JSON carries them. */
export const minorText = z
  .string()
  .regex(/^\d{1,18}$/)
  .transform(BigInt);

/** JSON of a button's value, checked: a forged or old value is refused. */
export function parseValue<S extends z.ZodType>(schema: S, text: string): z.infer<S> {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    throw new DomainError('not_found', { ref: '' });
  }
}
