// Every window and message in English, reached as a person reaches it: drawn without a fault, without a barrier, without a word
// that nobody translated; and a picture of each under artefacts/screenshots.
import { describe } from 'vitest';
import { everyWindow } from './windows/every-window.js';

describe('in en-US', () => everyWindow('en-US'));
