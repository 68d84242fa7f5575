/** `sealbox image lock`: writes the lock of Debian packages anew from what the mirror has today. A person looks at the difference and commits it. */
import { writeLock } from '../image/lock.ts'
import { options, say } from './options.ts'

export async function run(argv: string[]): Promise<number> {
  options(argv, {})
  const packages = await writeLock()
  for (const { name, version } of packages) say(`${name} ${version}`)
  return 0
}
