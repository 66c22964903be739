// The slash commands: what was typed is understood (parse-command.ts) and handed to the conversation it belongs to.
// No rule of its own; the same route serves buttons that stand for a command.
import type { Deps } from './deps.js';
import { ACTION, COMMANDS } from './ids.js';
import type { Doors, Turn } from './listen.js';
import { type Intent, parseCommand } from './parse-command.js';
import { helpMessage, notUnderstoodMessage } from './views/help-views.js';
import type { Message } from './views/info-view.js';

/** A command, or a click that stands for one: something can be opened or answered. */
export interface RouteTurn extends Turn {
  readonly reply: (message: Message) => Promise<void>;
}

/** Listens to all commands, to the buttons that suggest one, and to [帮助]. */
export function registerCommands(doors: Doors, _deps: Deps): void {
  for (const name of COMMANDS) {
    doors.command(name, (turn) => route(turn, parseCommand(turn.command, turn.text)), { anyone: true });
  }
  doors.action(new RegExp(`^${ACTION.suggestion.replace('.', '\\.')}\\.\\d$`), (turn) => {
    const space = turn.value.indexOf(' ');
    const [command, text] =
      space < 0 ? [turn.value, ''] : [turn.value.slice(0, space), turn.value.slice(space + 1)];
    return route(turn, parseCommand(command, text));
  });
  doors.action(ACTION.help, (turn) => turn.reply(helpMessage(turn.t, turn.ctx.actor)), { anyone: true });
}

/** Hands an intent to its conversation. */
async function route(turn: RouteTurn, intent: Intent): Promise<void> {
  // Whoever has no role sees the same from every command: what this is, and the way in.
  if (intent.kind === 'help' || turn.ctx.actor.roles.length === 0)
    return turn.reply(helpMessage(turn.t, turn.ctx.actor));
  switch (intent.kind) {
    case 'unknown':
      return turn.reply(notUnderstoodMessage(turn.t, intent.words, intent.suggestions, []));
    default:
      return turn.reply(helpMessage(turn.t, turn.ctx.actor));
  }
}
