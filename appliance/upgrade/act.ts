/**
 * The machine's act `install-upgrade`: has `sealbox-upgrade.service` write the idle slot, and waits for it. The box names what two
 * officers ordered; the console may do without an order while no box is on the disk, from a stick.
 */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import * as z from 'zod'
import { isSha256 } from '../../ca/path/index.ts'
import { machineAct, type Machine as ActMachine } from '../machine/act.ts'
import { MachineError } from '../machine/errors.ts'
import { hasBox } from '../machine/has_box.ts'
import { withStick } from '../machine/stick.ts'
import { UpgradeError } from './errors.ts'
import { bundleName, openWork, outcomeSchema, type Job, type Outcome } from './job.ts'
import { newestOf } from './version.ts'

const sha256 = z.string().refine(isSha256)
const params = z.discriminatedUnion('from', [
  /** What the product received and two officers ordered. */
  z.strictObject({ from: z.literal('upload'), manifest: sha256, order: sha256 }),
  /** The newest bundle on the stick, at a box that is not set up. */
  z.strictObject({ from: z.literal('stick') }),
])
export type InstallParams = z.infer<typeof params>

/** A slow disk writes some 10 MB a second, and reads them twice before. */
const patienceMs = 30 * 60_000
const lookEveryMs = 500
const unit = 'sealbox-upgrade.service'

export const installUpgradeAct = machineAct({
  params,
  result: outcomeSchema,
  askedBy: ['box', 'console'],
  patienceMs,
  async run(asked, machine) {
    const { paths, asker } = machine
    const folder = join(paths.run, 'sealbox/upgrade')
    if (asked.from === 'upload') {
      if (asker !== 'box') throw refused('the console installs from a stick')
      const { manifest, order } = asked
      return perform({ manifest, order, stick: null }, folder, machine)
    }
    if (asker !== 'console') throw refused('the box installs what officers ordered')
    if (hasBox(paths)) throw refused('a box that is set up takes the order of two officers')
    return withStick(machine, 'read', async (stick) => {
      const name = await newestOn(stick)
      if (name !== undefined)
        return perform({ manifest: null, order: null, stick: name }, folder, machine)
      return refusal(new UpgradeError('UPGRADE_MISSING', 'no bundle lies on the stick'))
    })
  },
})

async function perform(
  job: Job,
  folder: string,
  { execute, signal }: Pick<ActMachine, 'execute' | 'signal'>,
): Promise<Outcome> {
  const work = openWork(folder)
  await work.begin(job)
  try {
    // Not waited for by systemctl: it may take longer than any program of an act.
    await execute('systemctl', ['start', '--no-block', unit], { signal })
    for (;;) {
      const outcome = await work.outcome()
      if (outcome !== undefined) return outcome
      await pause(lookEveryMs, undefined, { signal })
    }
  } finally {
    await work.clear()
  }
}

/** Name of the newest bundle, by its name alone: what is inside is judged by its signature. */
async function newestOn(stick: string): Promise<string | undefined> {
  const names = (await readdir(stick)).filter((name) => bundleName.test(name))
  const versionOf = (name: string): string => /\d+(?:\.\d+){2}/.exec(name)?.[0] ?? ''
  const newest = newestOf(names.map(versionOf))
  return names.find((name) => versionOf(name) === newest)
}

export function refusal({ code, details }: UpgradeError): Outcome {
  return { installed: false, code, details: { ...details } }
}

function refused(message: string): MachineError {
  return new MachineError('MACHINE_REQUEST_REFUSED', message)
}
