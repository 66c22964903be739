// The browser of the browser tests: the machine's own Chromium, headless and quiet. Without one the suite fails.
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts Chromium. @throws Error naming the remedy when there is none */
export async function launchChromium(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
  if (!existsSync(executablePath)) {
    throw new Error(
      `The browser tests need Chromium, and there is none at ${executablePath}. Install it (Debian: apt-get install ` +
        'chromium fonts-noto-cjk) or set CHROMIUM to the path of one.',
    );
  }
  return chromium.launch({ executablePath, args: ARGS });
}
