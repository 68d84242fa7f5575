/** The desk of upgrades of a running box, and its look each few seconds at how the last one ended. */
import type { Clock, Journal } from '../../ca/index.ts'
import type { Log } from '../../web/index.ts'
import { openMachine } from '../machine/ask.ts'
import { version } from '../version.ts'
import { createUpgradeDesk, type OpenedUpgradeDesk, type UpgradeDeskParts } from './desk.ts'
import { upgradeHands } from './hands.ts'
import { imageMachine } from './machine.ts'

/** The machine that upgrades change, and what root does for the product. */
export type UpgradeMachine = Pick<UpgradeDeskParts, 'machine' | 'hands'>

/** Root's record changes some times in an upgrade. */
const lookMs = 5000

/** Opens the desk; until `signal` aborts it writes down how upgrades end. */
export function openUpgrades(of: {
  readonly journal: Journal
  readonly clock: Clock
  readonly log: Log
  readonly layout: number
  readonly signal: AbortSignal
  readonly upgrades: UpgradeMachine | undefined
}): OpenedUpgradeDesk {
  const { signal, log, upgrades, ...ground } = of
  const { machine, hands } = upgrades ?? {
    machine: imageMachine,
    hands: upgradeHands(openMachine()),
  }
  const desk = createUpgradeDesk({ ...ground, log, machine, hands, version })
  if (hands === undefined) return desk
  const look = (): void => {
    desk.settle().catch((error: unknown) => {
      log.error({ err: String(error) }, 'how the upgrade went is not written down yet')
    })
  }
  look()
  const timer = setInterval(look, lookMs).unref()
  signal.addEventListener('abort', () => {
    clearInterval(timer)
  })
  return desk
}
