/** `sealbox ceremony crl`: an absent root, the newest or an older one, signs its revocation list anew. The box must not run. */
import { holdRootList } from '../ceremony/root_list.ts'
import { ceremonyOptions, holdAtBox } from './ceremony.ts'
import { options } from './options.ts'

export async function run(argv: string[]): Promise<number> {
  const { values } = options(argv, ceremonyOptions)
  return holdAtBox(values, holdRootList, { older: true })
}
