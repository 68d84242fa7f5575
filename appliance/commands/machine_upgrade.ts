/** `sealbox machine upgrade`: by systemd alone (`sealbox-upgrade.service`), when root's act has left a job. */
import { join } from 'node:path'
import { exitStatus } from '../errors.ts'
import { machinePaths } from '../machine/act.ts'
import { refusal } from '../upgrade/act.ts'
import { UpgradeError } from '../upgrade/errors.ts'
import { installUpgrade } from '../upgrade/install.ts'
import { openWork, type Job, type Work } from '../upgrade/job.ts'
import { imageMachine, type Machine } from '../upgrade/machine.ts'
import { options, say } from './options.ts'

/** Pages look each second or two. */
const tellEveryMs = 1000

export async function run(argv: string[]): Promise<number> {
  options(argv, {})
  const work = openWork(imageMachine.work)
  const job = await work.job()
  if (job === undefined) return exitStatus.noInput
  return perform(work, job, imageMachine)
}

async function perform(work: Work, job: Job, machine: Machine): Promise<number> {
  const { manifest, order, stick } = job
  let told = 0
  try {
    const attempt = await installUpgrade({
      machine: stick === null ? machine : { ...machine, bundle: join(machinePaths.stick, stick) },
      ...{ manifest, order, now: () => new Date() },
      tell: (done, all) => {
        if (performance.now() - told < tellEveryMs) return
        told = performance.now()
        // What a page shows: not waited for, and no loss if it fails.
        work.tell({ done, all }).catch(() => undefined)
      },
    })
    say(`版本 ${attempt.version} 已写入，下次启动试运行 is written, the next start tries it`)
    await work.end({ installed: true, version: attempt.version })
    return 0
  } catch (error) {
    say(String(error))
    await work.end(
      error instanceof UpgradeError
        ? refusal(error)
        : { installed: false, code: 'DISK', details: {} },
    )
    return exitStatus.failed
  }
}
