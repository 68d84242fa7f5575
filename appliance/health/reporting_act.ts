/** The act of the machine that lets the box call its collector and its mail relay through the packet filter, and no others any more. */
import * as z from 'zod'
import { machineAct } from '../machine/act.ts'
import { outgoingPeer, setOutgoing } from '../machine/outgoing.ts'

export const allowReporting = machineAct({
  params: z.strictObject({ collector: outgoingPeer.nullable(), relay: outgoingPeer.nullable() }),
  result: z.strictObject({}),
  askedBy: ['box'],
  patienceMs: 60_000,
  async run({ collector, relay }, machine) {
    await setOutgoing(machine, 'collector', collector ? [collector] : [])
    await setOutgoing(machine, 'relay', relay ? [relay] : [])
    return {}
  },
})
