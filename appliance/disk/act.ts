/** The machine's act `disk`: keys of the data partition, and the factory reset. Done by `sealbox-disk.service`, which this starts. */
import { machineAct } from '../machine/act.ts'
import { MachineError } from '../machine/errors.ts'
import { hasBox } from '../machine/has_box.ts'
import type { Asker } from '../machine/users.ts'
import { places } from './data_machine.ts'
import { diskWork, jobSchema, outcomeSchema, type DiskJob, type DiskOutcome } from './job.ts'

/** Deriving a key takes seconds, on a slow machine ten times as long. */
const patienceMs = 120_000
const unit = 'sealbox-disk.service'

/** What the service may ask for; the rest takes somebody at the console. */
const fromTheBox: readonly DiskJob['do'][] = ['state']

export const diskAct = machineAct({
  params: jobSchema,
  result: outcomeSchema,
  askedBy: ['box', 'console'],
  patienceMs,
  async run(job, { paths, execute, asker, signal }): Promise<DiskOutcome> {
    if (!mayAsk(asker, job)) {
      throw new MachineError('MACHINE_REQUEST_REFUSED', 'this is asked for at the console')
    }
    const work = diskWork(places.private)
    // The marker lies in the service's own folder: only somebody at the console is believed that there is no box.
    work.begin({ job, isSetUp: asker !== 'console' || hasBox(paths) })
    try {
      await execute('systemctl', ['start', unit], { signal })
      return work.outcome() ?? { done: false, code: 'DISK_TOOL_FAILED' }
    } finally {
      work.clear()
    }
  },
})

/** Whether this asker may ask for it. A service that was taken over neither sets passphrases nor erases. */
export function mayAsk(asker: Asker, job: DiskJob): boolean {
  return asker === 'console' || fromTheBox.includes(job.do)
}
