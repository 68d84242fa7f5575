/** `sealbox renew-evidence`: stamps what waits and renews the evidence of the archive now; with `--hash` covers all of it anew. The box must not run. */
import { isTreeHash, type ArchiveStamp } from '../../exchange/index.ts'
import { openBox } from '../box/box.ts'
import { readBoxFile } from '../box/data_folder.ts'
import { ApplianceError } from '../errors.ts'
import { boxSecrets, secretOptions } from './box_secrets.ts'
import { dataDirectory, options, say } from './options.ts'

const known = {
  data: { type: 'string' },
  all: { type: 'boolean' },
  hash: { type: 'string' },
  ...secretOptions,
} as const

export async function run(argv: string[]): Promise<number> {
  const { values } = options(argv, known)
  const { hash } = values
  if (hash !== undefined && !isTreeHash(hash)) {
    throw new ApplianceError('USAGE', '--hash is SHA-256 or SHA-512')
  }
  const directory = dataDirectory(values.data)
  const file = readBoxFile(directory)
  const secrets = await boxSecrets(file, values)
  const log = {
    info: () => undefined,
    error: (_: object, message: string) => {
      say(message)
    },
  }
  const box = await openBox({ directory, log, secrets, url: 'https://localhost' })
  try {
    const { archive } = box.parts
    const { stamped, renewed } = await archive.tend({ now: true })
    const again = values.all === true && !renewed ? await archive.renew() : renewed
    const rehashed = hash === undefined ? undefined : await archive.rehash(hash)
    tell('已盖时间戳 stamped', stamped)
    tell('已续期 renewed', again)
    tell('已重新散列 hashed anew', rehashed)
    const { validUntil, renewFrom, renewal } = await archive.state()
    if (validUntil) say(`证据有效期至 evidence holds until ${validUntil.toISOString()}`)
    if (renewFrom) say(`续期自 renewal from ${renewFrom.toISOString()}`)
    return renewal === 'later' ? 0 : 1
  } finally {
    await box.close()
  }
}

function tell(what: string, stamp: ArchiveStamp | undefined): void {
  if (stamp)
    say(`${what}: ${String(stamp.count)} (${stamp.hash}, 日志 entry ${String(stamp.index)})`)
}
