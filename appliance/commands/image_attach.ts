/** `sealbox image attach`: published signatures onto an unsigned build of one's own, which gives the released disk bit by bit. */
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { finish, rootHashOf } from '../image/build.ts'
import { version as productVersion } from '../version.ts'
import { dataMebibytes, versionOf } from './image_options.ts'
import { options, required, say } from './options.ts'

const known = {
  out: { type: 'string' },
  signatures: { type: 'string' },
  version: { type: 'string' },
  'data-mib': { type: 'string' },
} as const

export async function run(argv: string[]): Promise<number> {
  const { values } = options(argv, known)
  const out = required(values.out, '--out')
  cpSync(required(values.signatures, '--signatures'), join(out, 'signatures'), { recursive: true })
  const version = versionOf(values.version ?? productVersion)
  const built = await finish(
    { version, out, unsigned: false, ...dataMebibytes(values['data-mib']) },
    rootHashOf(out),
  )
  say(`${built.sha256}  ${built.disk}`)
  return 0
}
