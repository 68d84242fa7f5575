/** `sealbox image build`: a disk from the lock and the sources, on a Debian 12 with what `test/setup image` installs. */
import { buildImage } from '../image/build.ts'
import { version as productVersion } from '../version.ts'
import { options, required, say } from './options.ts'
import { dataMebibytes, versionOf } from './image_options.ts'

const known = {
  keys: { type: 'string' },
  out: { type: 'string' },
  version: { type: 'string' },
  unsigned: { type: 'boolean' },
  fast: { type: 'boolean' },
  'data-mib': { type: 'string' },
} as const

export async function run(argv: string[]): Promise<number> {
  const { values } = options(argv, known)
  const built = await buildImage({
    version: versionOf(values.version ?? productVersion),
    out: required(values.out, '--out'),
    keys: required(values.keys, '--keys'),
    unsigned: values.unsigned === true,
    small: values.fast !== true,
    ...dataMebibytes(values['data-mib']),
    say,
  })
  say('完成 done, SHA-256:')
  say(`${built.sha256}  ${built.disk}`)
  return 0
}
