/** `sealbox image container`: the product as an OCI image, without an engine; on a Debian 12 with what `test/setup image` installs. */
import { buildContainer } from '../image/container.ts'
import { version as productVersion } from '../version.ts'
import { versionOf } from './image_options.ts'
import { options, required, say } from './options.ts'

export async function run(argv: string[]): Promise<number> {
  const { values } = options(argv, { out: { type: 'string' }, version: { type: 'string' } })
  const built = await buildContainer({
    version: versionOf(values.version ?? productVersion),
    out: required(values.out, '--out'),
  })
  say(`${built.digest}  ${built.archive}`)
  return 0
}
