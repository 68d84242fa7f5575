/** `sealbox machine run`: root's one-shot of the image, started by systemd when a request lies in the spool (ADR 34). */
import { machinePaths } from '../machine/act.ts'
import { machineActs } from '../machine/acts.ts'
import { executeProgram } from '../machine/programs.ts'
import { spoolDirectory } from '../machine/request.ts'
import { runRequests } from '../machine/run.ts'
import { openSpool } from '../machine/spool.ts'
import { askers } from '../machine/users.ts'
import { options, say } from './options.ts'

export async function run(argv: string[]): Promise<number> {
  const { values } = options(argv, { spool: { type: 'string' } } as const)
  await runRequests({
    ...{ paths: machinePaths, execute: executeProgram, acts: machineActs, askers, log: say },
    spool: openSpool(values.spool ?? spoolDirectory),
    now: () => new Date(),
  })
  return 0
}
