// Entry of the page.
import { createRoot } from 'react-dom/client';
import { App } from './app.js';
import { pickWords } from './words/words.js';
import './styles/base.css';
import './styles/controls.css';
import './styles/shell.css';
import './styles/messages.css';
import './styles/blocks.css';
import './styles/modal.css';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');

/** React takes a broken page away; say so instead of showing an empty window. */
function showBroken(error: unknown): void {
  const note = document.createElement('p');
  note.className = 'welcome';
  note.setAttribute('role', 'alert');
  note.textContent = pickWords(document.documentElement.lang).pageBroke(String(error));
  document.body.append(note);
}

createRoot(root, {
  onUncaughtError: (error) => {
    console.error(error);
    showBroken(error);
  },
}).render(<App />);
