/** `sealbox ceremony break-glass`: the custodians appoint new officers where the quorum is lost. The box must not run. */
import { holdBreakGlass } from '../ceremony/break_glass.ts'
import { ceremonyOptions, holdAtBox } from './ceremony.ts'
import { options } from './options.ts'

export async function run(argv: string[]): Promise<number> {
  const { values } = options(argv, ceremonyOptions)
  return holdAtBox(values, holdBreakGlass)
}
