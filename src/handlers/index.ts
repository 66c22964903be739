// The table of contents of all listeners: one line a conversation.
import { registerCommands } from './commands.js';
import { registerContractDecisions } from './contract-decisions.js';
import { registerContractLists } from './contract-lists.js';
import { registerContracts } from './contracts.js';
import { registerCustomers } from './customers.js';
import type { Deps } from './deps.js';
import { registerDirectMessages } from './direct-messages.js';
import { registerHome } from './home.js';
import { registerImports } from './imports.js';
import { registerInstalments } from './instalments.js';
import { Doors } from './listen.js';
import type { Listeners } from './listeners.js';
import { registerMembers } from './members.js';
import { registerMilestones } from './milestones.js';
import { registerPlanLists } from './plan-lists.js';
import { registerPlanPreview } from './plan-preview.js';
import { PLAN_FLOW, registerPlans } from './plans.js';
import { registerPostponements } from './postponements.js';
import { registerReceiptDecisions } from './receipt-decisions.js';
import { registerReceiptLists } from './receipt-lists.js';
import { registerReceipts } from './receipts.js';
import { registerReminders } from './reminders.js';
import { registerSettings } from './settings.js';
import { registerTemplateLines } from './template-lines.js';
import { registerTemplateTests } from './template-tests.js';
import { registerTemplates } from './templates.js';

/** Plugs in every conversation. */
export function registerHandlers(listeners: Listeners, deps: Deps): Doors {
  const doors = new Doors(listeners, deps);
  registerCommands(doors, deps);
  registerMembers(doors, deps);
  registerDirectMessages(doors);
  registerSettings(doors, deps);
  registerTemplates(doors, deps);
  registerTemplateLines(doors, deps);
  registerTemplateTests(doors, deps);
  registerHome(doors, deps);
  registerCustomers(doors, deps);
  registerContracts(doors, deps);
  registerContractLists(doors, deps);
  registerContractDecisions(doors, deps);
  registerInstalments(doors, deps);
  registerMilestones(doors, deps);
  registerPostponements(doors, deps);
  registerPlans(doors, deps);
  registerPlanPreview(doors, deps, { plan: PLAN_FLOW, contract: PLAN_FLOW });
  registerPlanLists(doors, deps);
  registerReceipts(doors, deps);
  registerReceiptDecisions(doors, deps);
  registerReceiptLists(doors, deps);
  registerReminders(doors, deps);
  registerImports(doors, deps);
  return doors;
}
