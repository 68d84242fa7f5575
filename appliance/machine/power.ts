/** Starting anew and turning off. PID 1 does both in its order: services end, the data partition closes. */
import * as z from 'zod'
import { machineAct } from './act.ts'

const nothing = z.strictObject({})
const patienceMs = 30_000

const powerAct = (word: 'reboot' | 'poweroff') =>
  machineAct({
    params: nothing,
    result: nothing,
    askedBy: ['box', 'console'],
    patienceMs,
    async run(_, { execute, signal }) {
      // Not waited for: PID 1 ends this very process with the others.
      await execute('systemctl', ['--no-block', word], { signal })
      return {}
    },
  })

/** Starts the machine anew. */
export const reboot = powerAct('reboot')

/** Turns it off. */
export const powerOff = powerAct('poweroff')
