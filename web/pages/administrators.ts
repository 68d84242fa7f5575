/** Rows of the pages of officers, auditors and administrators, and of those that everybody has. */
import type { Route } from '../types.ts'
import { alarmRoutes } from './administrator/alarms.ts'
import { metricsRoute } from './administrator/metrics.ts'
import { presenceRoutes } from './administrator/presence.ts'
import { statementRoutes } from './administrator/statements.ts'
import { auditorRoutes } from './auditor/routes.ts'
import { certificatePageRoutes } from './certificates/routes.ts'
import { helpRoutes } from './help.ts'
import { officerRoutes } from './officer/routes.ts'
import { ceremonyRoutes } from './ceremony/records.ts'
import { orderPageRoutes } from './orders/routes.ts'
import { trustRoutes } from './trust/routes.ts'
import { backupKeyRoutes } from './backups/key.ts'
import { backupPageRoutes } from './backups/routes.ts'
import { upgradePageRoutes } from './upgrade/routes.ts'
import { verifyRoutes } from './verify.ts'
import { virusRoutes } from './virus/page.ts'

export const administratorsRoutes: readonly Route[] = [
  ...officerRoutes,
  ...trustRoutes,
  ...orderPageRoutes,
  ...ceremonyRoutes('/ceremonies', 'officer'),
  ...auditorRoutes,
  ...presenceRoutes,
  ...alarmRoutes,
  ...statementRoutes,
  metricsRoute,
  ...certificatePageRoutes,
  ...verifyRoutes,
  ...virusRoutes,
  ...helpRoutes,
  ...upgradePageRoutes,
  ...backupPageRoutes,
  ...backupKeyRoutes,
]
