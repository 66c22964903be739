// A process that takes a data directory, says so, and holds it until it is killed or told to leave.
import { lockDataDir } from '../../src/db/data-dir-lock.js';

const [dataDir = ''] = process.argv.slice(2);
const lock = await lockDataDir(dataDir);
console.log('locked');
process.once('SIGTERM', () => {
  void lock.release().then(() => process.exit(0));
});
setInterval(() => {}, 1_000);
