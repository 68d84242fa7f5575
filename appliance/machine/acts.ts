/** The closed table of privileged acts. What is not in it does not exist; owners of features add a row and a file. */
import type { z } from 'zod'
import { allowReporting } from '../health/reporting_act.ts'
import { diskAct } from '../disk/act.ts'
import { installUpgradeAct } from '../upgrade/act.ts'
import { adoptBox } from './adopt_box.ts'
import { backupRecipient } from './backup_recipient.ts'
import { applyNetwork } from './network_act.ts'
import { writePapers } from './papers_act.ts'
import { powerOff, reboot } from './power.ts'
import { readBackup, readHeads, readOpeners } from './restore_acts.ts'
import { listUsb, readUsb, writeUsb } from './stick_acts.ts'
import { applyTimeServers, setTime } from './time_acts.ts'

export const machineActs = {
  'adopt-box': adoptBox,
  'apply-network': applyNetwork,
  'apply-time-servers': applyTimeServers,
  'allow-reporting': allowReporting,
  'backup-recipient': backupRecipient,
  disk: diskAct,
  'install-upgrade': installUpgradeAct,
  'list-usb': listUsb,
  'power-off': powerOff,
  'read-backup': readBackup,
  'read-heads': readHeads,
  'read-openers': readOpeners,
  'read-usb': readUsb,
  reboot,
  'set-time': setTime,
  'write-papers': writePapers,
  'write-usb': writeUsb,
} as const

export type MachineActs = typeof machineActs
export type MachineActName = keyof MachineActs
export type ParamsOf<Name extends MachineActName> = z.infer<MachineActs[Name]['params']>
export type ResultOf<Name extends MachineActName> = z.infer<MachineActs[Name]['result']>
