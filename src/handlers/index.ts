// The table of contents of all listeners: one line a conversation.
import type { App } from '@slack/bolt';
import { registerCommands } from './commands.js';
import type { Deps } from './deps.js';
import { Doors } from './listen.js';

/** Plugs every conversation into the app. */
export function registerHandlers(app: App, deps: Deps): Doors {
  const doors = new Doors(app, deps);
  registerCommands(doors, deps);
  return doors;
}
