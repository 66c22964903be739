// All windows of the app in one company, one group after the other.
import type { Locale } from '../../../sandbox/server/protocol.js';
import { openScene } from '../support/scene.js';
import { behindWindows } from './behind-windows.js';
import { firstWindows } from './first-windows.js';
import { importWindows } from './import-windows.js';
import { moneyWindows } from './money-windows.js';
import { rowWindows } from './row-windows.js';
import { settingsWindows } from './settings-windows.js';

/** Tests of every window in this language. */
export function everyWindow(locale: Locale): void {
  const scene = openScene(locale);
  firstWindows(scene);
  rowWindows(scene);
  moneyWindows(scene);
  behindWindows(scene);
  importWindows(scene);
  settingsWindows(scene);
}
