// Block Kit as this page draws it: Slack's own types plus the chart block that is newer than them.
import type {
  Button,
  Checkboxes,
  Datepicker,
  DateTimepicker,
  EmailInput,
  FileInput,
  ImageElement,
  KnownBlock,
  MultiSelect,
  NumberInput,
  Overflow,
  PlainTextInput,
  RadioButtons,
  RichTextInput,
  Select,
  Timepicker,
  URLInput,
  WorkflowButton,
} from '@slack/types';

export interface ChartPoint {
  label: string;
  value: number;
}

export interface ChartSeries {
  name: string;
  data: ChartPoint[];
}

export interface AxisChart {
  type: 'line' | 'bar' | 'area';
  series: ChartSeries[];
  axis_config: { categories: string[]; x_label?: string; y_label?: string };
}

export interface PieChart {
  type: 'pie';
  segments: ChartPoint[];
}

export interface DataVisualizationBlock {
  type: 'data_visualization';
  block_id?: string;
  title: string;
  chart: AxisChart | PieChart;
}

export type PageBlock = KnownBlock | DataVisualizationBlock;

export type PageElement =
  | Button
  | Checkboxes
  | Datepicker
  | DateTimepicker
  | EmailInput
  | FileInput
  | ImageElement
  | MultiSelect
  | NumberInput
  | Overflow
  | PlainTextInput
  | RadioButtons
  | RichTextInput
  | Select
  | Timepicker
  | URLInput
  | WorkflowButton;

const BLOCK_TYPES: Readonly<Record<PageBlock['type'], true>> = {
  actions: true,
  alert: true,
  card: true,
  carousel: true,
  container: true,
  context: true,
  context_actions: true,
  data_table: true,
  data_visualization: true,
  divider: true,
  file: true,
  header: true,
  image: true,
  input: true,
  markdown: true,
  plan: true,
  rich_text: true,
  section: true,
  table: true,
  task_card: true,
  video: true,
};

const ELEMENT_TYPES: Readonly<Record<PageElement['type'], true>> = {
  button: true,
  channels_select: true,
  checkboxes: true,
  conversations_select: true,
  datepicker: true,
  datetimepicker: true,
  email_text_input: true,
  external_select: true,
  file_input: true,
  image: true,
  multi_channels_select: true,
  multi_conversations_select: true,
  multi_external_select: true,
  multi_static_select: true,
  multi_users_select: true,
  number_input: true,
  overflow: true,
  plain_text_input: true,
  radio_buttons: true,
  rich_text_input: true,
  static_select: true,
  timepicker: true,
  url_text_input: true,
  users_select: true,
  workflow_button: true,
};

/** True for a block type that Slack's types (or this file) describe. */
export function isPageBlock(block: { type: string }): block is PageBlock {
  return Object.hasOwn(BLOCK_TYPES, block.type);
}

/** True for an element type that Slack's types describe. */
export function isPageElement(element: { type: string }): element is PageElement {
  return Object.hasOwn(ELEMENT_TYPES, element.type);
}
