// Every Slack select on one combobox: what differs is where options come from and how the value is written.
import type { MultiSelect, Select } from '@slack/types';
import type { Channel, OptionGroup, OptionObject, StateValue, User } from '../../../server/protocol.js';
import { type Interaction, useInteraction } from '../blocks/interaction.js';
import { sendOptions } from '../store/api.js';
import { type Directory, useDirectory } from '../store/page-context.js';
import { textOf } from '../text/text-object.js';
import { useWords, type Words } from '../words/words.js';
import { Combobox } from './combobox.js';
import { type ComboGroup, type ComboOption, type OptionSource, toComboOption } from './option-source.js';
import { controlAttributes, type Frame, useField } from './use-field.js';

type AnySelect = Select | MultiSelect;

const DEFAULT_MIN_QUERY = 3;

/** A select of any of Slack's ten kinds. */
export function SelectElement({ element, frame }: { element: AnySelect; frame: Frame }) {
  const words = useWords();
  const directory = useDirectory();
  const interaction = useInteraction();
  const field = useField(element, frame);
  const placeholder = textOf(element.placeholder) || defaultPlaceholder(element, words);
  const attributes = controlAttributes(element, frame);
  const named = attributes['aria-labelledby'] ?? attributes['aria-label'];
  return (
    <span className="select-element">
      <Combobox
        attributes={{ ...attributes, ...(named === undefined ? { 'aria-label': placeholder } : {}) }}
        source={makeSource(element, frame.blockId, directory, interaction)}
        selected={readSelected(element, field.value, directory)}
        multiple={element.type.startsWith('multi_')}
        maxItems={'max_selected_items' in element ? element.max_selected_items : undefined}
        placeholder={placeholder}
        clearable={frame.clearable}
        pending={field.pending}
        required={frame.required}
        onChange={(selected) => field.change(writeSelected(element, selected), frame.dispatches)}
      />
      {field.confirmation}
    </span>
  );
}

function defaultPlaceholder(element: AnySelect, words: Words): string {
  if (element.type.includes('users')) return words.selectUser;
  if (element.type.includes('channels') || element.type.includes('conversations')) return words.selectChannel;
  return element.type.startsWith('multi_') ? words.selectMany : words.selectPlaceholder;
}

function toGroups(options?: readonly OptionObject[], groups?: readonly OptionGroup[]): ComboGroup[] {
  if (!groups) return [{ options: (options ?? []).map(toComboOption) }];
  return groups.map((group) => ({ label: textOf(group.label), options: group.options.map(toComboOption) }));
}

function makeSource(
  element: AnySelect,
  blockId: string,
  directory: Directory,
  interaction: Interaction,
): OptionSource {
  switch (element.type) {
    case 'static_select':
    case 'multi_static_select':
      return { kind: 'fixed', groups: toGroups(element.options, element.option_groups) };
    case 'external_select':
    case 'multi_external_select':
      return {
        kind: 'remote',
        minQuery: element.min_query_length ?? DEFAULT_MIN_QUERY,
        load: async (value) => {
          const answer = await sendOptions({
            as: directory.as,
            container: interaction.container,
            block_id: blockId,
            action_id: element.action_id ?? '',
            value,
          });
          if (answer.status !== 'acked') throw new Error(answer.message ?? answer.status);
          return toGroups(answer.options, answer.option_groups);
        },
      };
    case 'users_select':
    case 'multi_users_select':
      return { kind: 'fixed', groups: [{ options: [...directory.users.values()].map(fromUser) }] };
    case 'channels_select':
    case 'multi_channels_select':
      return fixedChannels(directory, (channel) => !channel.is_im && !channel.is_private);
    case 'conversations_select':
    case 'multi_conversations_select': {
      const include: readonly string[] | undefined = element.filter?.include;
      const noBots = element.filter?.exclude_bot_users ?? false;
      return fixedChannels(directory, (channel) => {
        if (noBots && channel.user && directory.users.get(channel.user)?.is_bot) return false;
        return !include || include.includes(channel.is_im ? 'im' : channel.is_private ? 'private' : 'public');
      });
    }
    default:
      return element satisfies never;
  }
}

function fixedChannels(directory: Directory, test: (channel: Channel) => boolean): OptionSource {
  const options = [...directory.known.values()]
    .filter(test)
    .map((channel) => fromChannel(channel, directory));
  return { kind: 'fixed', groups: [{ options }] };
}

function fromUser(user: User): ComboOption {
  return { key: user.id, label: user.real_name, ...(user.title ? { description: user.title } : {}) };
}

function fromChannel(channel: Channel, directory: Directory): ComboOption {
  const peer = channel.user ? directory.users.get(channel.user) : undefined;
  return { key: channel.id, label: channel.is_im ? (peer?.real_name ?? channel.name) : `#${channel.name}` };
}

function readSelected(
  element: AnySelect,
  value: StateValue | undefined,
  directory: Directory,
): ComboOption[] {
  if (!value) return [];
  const options = value.selected_options ?? (value.selected_option ? [value.selected_option] : []);
  const users = value.selected_users ?? (value.selected_user ? [value.selected_user] : []);
  const channels = [
    ...(value.selected_conversations ?? value.selected_channels ?? []),
    ...[value.selected_conversation, value.selected_channel].filter((id) => typeof id === 'string'),
  ];
  if (element.type.includes('users')) {
    return users.map((id) => {
      const user = directory.users.get(id);
      return user ? fromUser(user) : { key: id, label: id };
    });
  }
  if (channels.length > 0) {
    return channels.map((id) => {
      const channel = directory.known.get(id);
      return channel ? fromChannel(channel, directory) : { key: id, label: id };
    });
  }
  return options.map(toComboOption);
}

function writeSelected(element: AnySelect, selected: readonly ComboOption[]): StateValue {
  const { type } = element;
  const keys = selected.map((one) => one.key);
  const options = selected.flatMap((one) => (one.option ? [one.option] : []));
  const [key = null] = keys;
  switch (type) {
    case 'static_select':
    case 'external_select':
      return { type, selected_option: options[0] ?? null };
    case 'multi_static_select':
    case 'multi_external_select':
      return { type, selected_options: options };
    case 'users_select':
      return { type, selected_user: key };
    case 'multi_users_select':
      return { type, selected_users: keys };
    case 'conversations_select':
      return { type, selected_conversation: key };
    case 'multi_conversations_select':
      return { type, selected_conversations: keys };
    case 'channels_select':
      return { type, selected_channel: key };
    case 'multi_channels_select':
      return { type, selected_channels: keys };
    default:
      return element satisfies never;
  }
}
