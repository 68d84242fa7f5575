/** `sealbox machine upgrade`: by systemd alone (`sealbox-upgrade.service`), when root's act has left a job. */
import { exitStatus } from '../errors.ts'
import { machinePaths } from '../machine/act.ts'
import { openWork } from '../upgrade/job.ts'
import { imageMachine } from '../upgrade/machine.ts'
import { performUpgrade } from '../upgrade/perform.ts'
import { options, say } from './options.ts'

export async function run(argv: string[]): Promise<number> {
  options(argv, {})
  const work = openWork(imageMachine.work)
  const job = await work.job()
  if (job === undefined) return exitStatus.noInput
  const outcome = await performUpgrade({
    ...{ work, job, machine: imageMachine, stick: machinePaths.stick, say },
  })
  return outcome.installed ? 0 : exitStatus.failed
}
