// One Bolt listener for each kind of request, which finds ours by id. Bolt runs the checks of all its listeners on every
// request: with a hundred of them that is most of the time to an acknowledgement.
import type {
  AllMiddlewareArgs,
  App,
  BlockAction,
  SlackActionMiddlewareArgs,
  SlackCommandMiddlewareArgs,
  SlackOptionsMiddlewareArgs,
  SlackShortcutMiddlewareArgs,
  SlackViewAction,
  SlackViewMiddlewareArgs,
} from '@slack/bolt';

type Listener<Args> = (args: Args & AllMiddlewareArgs) => Promise<void>;

const ANY = /^/;

class ById<Args> {
  private readonly exact = new Map<string, Listener<Args>>();
  private readonly patterns: (readonly [RegExp, Listener<Args>])[] = [];

  add(id: string | RegExp, listener: Listener<Args>): void {
    if (typeof id === 'string') this.exact.set(id, listener);
    else this.patterns.push([id, listener]);
  }

  /** Runs the listener of this id; without one the request stays unacknowledged, which Slack tells the person. */
  async run(id: string, args: Args & AllMiddlewareArgs): Promise<void> {
    const listener = this.exact.get(id) ?? this.patterns.find(([pattern]) => pattern.test(id))?.[1];
    await listener?.(args);
  }
}

export class Listeners {
  private readonly commands = new ById<SlackCommandMiddlewareArgs>();
  private readonly actions = new ById<SlackActionMiddlewareArgs<BlockAction>>();
  private readonly shortcuts = new ById<SlackShortcutMiddlewareArgs>();
  private readonly choices = new ById<SlackOptionsMiddlewareArgs<'block_suggestion'>>();
  private readonly submissions = new ById<SlackViewMiddlewareArgs<SlackViewAction>>();
  readonly event: App['event'];

  constructor(app: App) {
    app.command(ANY, (args) => this.commands.run(args.command.command, args));
    app.action<BlockAction>(ANY, (args) => this.actions.run(args.action.action_id, args));
    app.shortcut(ANY, (args) => this.shortcuts.run(args.shortcut.callback_id, args));
    app.options<'block_suggestion'>({ action_id: ANY, type: 'block_suggestion' }, (args) =>
      this.choices.run(args.options.action_id, args),
    );
    app.view<SlackViewAction>({ callback_id: ANY, type: 'view_submission' }, (args) =>
      this.submissions.run(args.view.callback_id, args),
    );
    this.event = app.event.bind(app);
  }

  command(name: string, listener: Listener<SlackCommandMiddlewareArgs>): void {
    this.commands.add(name, listener);
  }

  action(id: string | RegExp, listener: Listener<SlackActionMiddlewareArgs<BlockAction>>): void {
    this.actions.add(id, listener);
  }

  shortcut(id: string, listener: Listener<SlackShortcutMiddlewareArgs>): void {
    this.shortcuts.add(id, listener);
  }

  options(id: string, listener: Listener<SlackOptionsMiddlewareArgs<'block_suggestion'>>): void {
    this.choices.add(id, listener);
  }

  view(id: string, listener: Listener<SlackViewMiddlewareArgs<SlackViewAction>>): void {
    this.submissions.add(id, listener);
  }
}
