/** `sealbox machine set-clock`: by systemd alone (`sealbox-set-clock.service`), when root's act has left a time. */
import { machinePaths } from '../machine/act.ts'
import { clockJob, setClock } from '../machine/set_clock.ts'
import { options, say } from './options.ts'

export async function run(argv: string[]): Promise<number> {
  options(argv, {})
  const now = await setClock(clockJob(machinePaths.run))
  say(`时钟已设置 the clock is set: ${now.toISOString()}`)
  return 0
}
