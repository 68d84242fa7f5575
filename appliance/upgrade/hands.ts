/** What the desk of upgrades has root do, through the machine's spool. */
import { join } from 'node:path'
import { WebError } from '../../web/index.ts'
import { machinePaths } from '../machine/act.ts'
import type { AskMachine } from '../machine/ask.ts'
import { MachineError } from '../machine/errors.ts'
import { exchangePaths } from '../machine/stick_acts.ts'
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

/** What root refuses, as a page knows it. */
async function told<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof MachineError)
      throw new WebError(error.code, error.message, { ...error.details })
    throw error
  }
}
