// Writes and checks database migrations, offline: `npm run db:migration -- new <name>` and `-- check`.
import { runMigrationCommand } from './migration-command.js';

// npm runs a script in the package's root.
process.exitCode = await runMigrationCommand(process.argv.slice(2), 'prisma', console.log);
