// The part of a Slack app manifest that the sandbox obeys; the shape is Slack's own (manifest.yml parsed).

export interface Manifest {
  display_information: { name: string };
  features?: {
    app_home?: { home_tab_enabled?: boolean; messages_tab_enabled?: boolean };
    bot_user?: { display_name: string };
    shortcuts?: { name: string; type: 'global' | 'message'; callback_id: string; description?: string }[];
    slash_commands?: { command: string; description: string; usage_hint?: string; should_escape?: boolean }[];
  };
  oauth_config?: { scopes?: { bot?: string[] } };
  settings?: { event_subscriptions?: { bot_events?: string[] } };
}

/** The bot scopes the manifest asks for; undefined when it names none, and then no scope is checked. */
export function listScopes(manifest: Manifest): string[] | undefined {
  return manifest.oauth_config?.scopes?.bot;
}

/** True when the app subscribed to the event (for messages: message.im, message.channels, message.groups). */
export function isSubscribed(manifest: Manifest, event: string): boolean {
  return manifest.settings?.event_subscriptions?.bot_events?.includes(event) ?? false;
}
