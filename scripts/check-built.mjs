// Before `npm start`: what is started must have been built.
import { existsSync } from 'node:fs';

if (!existsSync(new URL('../dist/src/main.js', import.meta.url))) {
  process.stderr.write('The app is not built yet. Run npm run build, then npm start again.\n');
  process.exitCode = 1;
}
