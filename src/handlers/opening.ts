// The window that a click or a command leads to. Slack opens one within three seconds only: while what it shows is still
// being loaded, a skeleton is opened, which the loaded view then replaces (ux §8).
import type { ModalView } from '@slack/types';
import { WebAPIPlatformError, type WebClient } from '@slack/web-api';
import type { Translate } from './i18n/index.js';
import { answerModal, loadingModal, type Message } from './views/info-view.js';

/** So long a click may look as if nothing happened; two seconds are left for Slack. */
const SKELETON_MS = 1_000;

/** Opens a window for a click, as its trigger allows once. */
export type OpenView = (view: ModalView) => Promise<{ view?: { id?: string } }>;

export class Opening {
  private timer: NodeJS.Timeout | undefined;
  /** Id of the skeleton's window; null where Slack opened none. */
  private skeleton: Promise<string | null> | null = null;
  private isAnsweredBelow = false;

  constructor(
    private readonly client: WebClient,
    private readonly open: OpenView,
    /** In the person's language, as far as it is known by then. */
    private readonly words: () => Translate,
    private readonly patienceMs = SKELETON_MS,
  ) {}

  /** A window is to come: where none has come in time, a skeleton does. */
  expect(): void {
    this.timer ??= setTimeout(() => {
      this.skeleton = this.openSkeleton();
    }, this.patienceMs);
  }

  /** Opens a window, or turns the skeleton into it. */
  async show(view: ModalView): Promise<void> {
    if (!(await this.replace(view))) await this.open(view);
  }

  /** The same of one that says what is being done: what is shown or answered next takes its place. */
  async showMeanwhile(view: ModalView): Promise<void> {
    if (await this.replace(view)) return;
    this.skeleton = Promise.resolve((await this.open(view)).view?.id ?? null);
  }

  /** Turns the skeleton into a view; false where there is none, and from now on none comes. */
  async replace(view: ModalView): Promise<boolean> {
    clearTimeout(this.timer);
    const id = await this.skeleton;
    this.isAnsweredBelow = false;
    if (id === null) return false;
    try {
      await this.client.views.update({ view_id: id, view });
    } catch (error) {
      // Whoever closed it meanwhile does not wait for it any more.
      if (!(error instanceof WebAPIPlatformError && error.data.error === 'not_found')) throw error;
    }
    return true;
  }

  /** Turns the skeleton into an answer; false where there is none, or it cannot be changed: it is answered elsewhere. */
  async answer(message: Message): Promise<boolean> {
    try {
      return await this.replace(answerModal(this.words(), message));
    } catch {
      return false;
    }
  }

  /** Whether a skeleton is open that could not be changed: nobody sees what is said below it. */
  async isStuck(): Promise<boolean> {
    return (await this.skeleton) !== null;
  }

  /** The click was answered in the window it was made in. */
  answeredBelow(): void {
    this.isAnsweredBelow = true;
  }

  /** Nothing comes any more: a skeleton above that answer says where it is. A second window of its inputs would be sent too. */
  async end(): Promise<void> {
    clearTimeout(this.timer);
    if (!this.isAnsweredBelow) return;
    const t = this.words();
    await this.replace(answerModal(t, { text: t('common:see_below') }));
  }

  private async openSkeleton(): Promise<string | null> {
    try {
      return (await this.open(loadingModal(this.words()))).view?.id ?? null;
    } catch {
      // What is loaded asks for a window once more, and what Slack says then is told.
      return null;
    }
  }
}
