/** What the desk of upgrades has root do, through the machine's spool. */
import { join } from 'node:path'
import { machinePaths } from '../machine/act.ts'
import type { AskMachine } from '../machine/ask.ts'
import { exchangePaths } from '../machine/stick_acts.ts'
import { told } from '../machine/told.ts'
import type { UpgradeHands } from './desk.ts'

/** Hands of this machine; undefined outside the image. */
export function upgradeHands(ask: AskMachine | undefined): UpgradeHands | undefined {
  if (ask === undefined) return undefined
  return {
    install: (of) => ask('install-upgrade', { from: 'upload', ...of }),
    reboot: async () => {
      await ask('reboot', {})
    },
    onStick: async () => {
      const { files } = await told(ask('list-usb', {}))
      return files.filter(({ kind }) => kind === 'upgrade').map(({ name }) => name)
    },
    fromStick: async (name) => {
      await told(ask('read-usb', { name }))
      return join(exchangePaths(machinePaths.exchange).in, name)
    },
  }
}
