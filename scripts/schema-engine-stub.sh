#!/bin/sh
# Stands in for Prisma's schema-engine binary where it cannot be downloaded: `prisma generate` only
# needs the file to exist. It must fail: if it exited 0, `prisma migrate deploy` would report success
# without having applied anything.
echo "The Prisma schema engine is not installed. Migrations are applied by the application itself;" >&2
echo "write new ones with: npm run db:migration -- new <name>" >&2
exit 1
