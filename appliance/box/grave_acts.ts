/** The grave acts of this box: what each does once two officers have signed for it. A row an act, wired by who owns it. */
import { CaError, clockConfirmedEntry, maxBackMs, type GuardedClock } from '../../ca/index.ts'
import {
  ExchangeError,
  revokeService,
  stateCompromise,
  type GraveAct,
  type GraveActs,
  type Order,
} from '../../exchange/index.ts'
import { prepareRehost, settleAddresses } from '../host/rehost.ts'
import { prepareRollOver, type RollOverParts } from './roll_over.ts'

export interface GraveActParts extends RollOverParts {
  /** The folder of data. */
  readonly directory: string
  readonly clock: GuardedClock
  readonly upgrade: { readonly act: GraveAct<'install-upgrade'> }
  /** Confirms what was restored from a backup. */
  readonly restoreBackup: GraveAct<'restore-backup'>
}

export function graveActs(parts: GraveActParts): GraveActs {
  const { journal, clock, trust } = parts
  return {
    'revoke-service': revokeService({ journal, authority: trust.authority }),
    'state-compromise': stateCompromise({ journal, clock, authority: trust.authority }),
    'confirm-time': confirmTime(clock),
    'roll-over-service': rollOver(parts),
    'install-upgrade': parts.upgrade.act,
    'restore-backup': parts.restoreBackup,
    rehost: rehost(parts),
  }
}

type ConfirmTime = Extract<Order, { act: 'confirm-time' }>

/** Throws `ORDER_CLOCK_MOVED` where the machine's clock was set, or the box started, since the officers looked. */
function confirmTime(clock: GuardedClock): GraveAct<'confirm-time'> {
  const check = (order: ConfirmTime): Promise<void> => {
    const now = clock.now().getTime()
    const machineWent = clock.machine().getTime() - Date.parse(order.machine)
    const boxWent = now - Date.parse(order.box)
    if (Math.abs(machineWent - boxWent) <= maxBackMs) return Promise.resolve()
    return Promise.reject(
      new ExchangeError('ORDER_CLOCK_MOVED', 'the clock was set since it was looked at'),
    )
  }
  return {
    check,
    prepare: async (params, { order, actor }) => {
      await check(params)
      // Another correction than before: what is written until it stands has no certain time.
      if (Math.abs(params.offsetMs - clock.offsetMs) > maxBackMs) clock.doubt()
      const confirmed = clock.confirmation(params.offsetMs, order)
      return {
        entries: [clockConfirmedEntry(confirmed, actor)],
        expect: [],
        answer: { offsetMs: confirmed.offsetMs, time: confirmed.time },
        // Crash before this: the next start reads the confirmation from the journal.
        after: () => {
          clock.confirm(confirmed)
          return Promise.resolve()
        },
      }
    },
  }
}

/** Throws `CA_ISSUER_OFFLINE`, `CA_TIME_UNAVAILABLE` while the time is not certain, and what the keys throw. */
function rollOver(parts: GraveActParts): GraveAct<'roll-over-service'> {
  return {
    check: () => requireCertainTime(parts.clock),
    prepare: async ({ role }, { actor }) => {
      await requireCertainTime(parts.clock)
      const { entries, expect } = await prepareRollOver(parts, { role, actor })
      // Crash before `after`: the next start opens the new key.
      return { entries, expect, after: () => parts.trust.reload() }
    },
  }
}

/** Throws as a roll-over, and `CA_PROFILE_VIOLATED` for a name that is none. Pages show the new name after the next start. */
function rehost(parts: GraveActParts): GraveAct<'rehost'> {
  return {
    check: () => requireCertainTime(parts.clock),
    prepare: async ({ hostNames, pkiUrl }, { actor }) => {
      await requireCertainTime(parts.clock)
      const to = { hostNames, pkiUrl }
      const { entries, expect } = await prepareRehost(parts, { to, actor })
      // Crash before `after`: the next start opens the new key, and `box.json` follows the journal.
      const after = async (): Promise<void> => {
        await settleAddresses(parts.directory, parts.file, parts.journal)
        await parts.trust.reload()
      }
      return { entries, expect, after }
    },
  }
}

function requireCertainTime(clock: GuardedClock): Promise<void> {
  clock.now()
  if (clock.state === 'confirmed') return Promise.resolve()
  return Promise.reject(new CaError('CA_TIME_UNAVAILABLE', 'confirm the time first'))
}
