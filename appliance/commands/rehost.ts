/** `sealbox rehost`: another host name or address for a box that does not run. In the image two officers order the same. */
import { boxActor, type Authority } from '../../ca/index.ts'
import { orderSchemas } from '../../exchange/index.ts'
import { openBox } from '../box/box.ts'
import { readBoxFile } from '../box/data_folder.ts'
import { ApplianceError } from '../errors.ts'
import { addressesAfter, type Addresses } from '../host/addresses.ts'
import { boxSecrets, secretOptions } from './box_secrets.ts'
import { dataDirectory, options, required, say } from './options.ts'

const known = {
  data: { type: 'string' },
  host: { type: 'string' },
  also: { type: 'string', multiple: true },
  'pki-url': { type: 'string' },
  'drop-old': { type: 'boolean' },
  ...secretOptions,
} as const

export async function run(argv: string[]): Promise<number> {
  const { values } = options(argv, known)
  const directory = dataDirectory(values.data)
  const file = readBoxFile(directory)
  const host = required(values.host, '--host')
  const wanted = {
    ...{ host, also: values.also, pkiUrl: values['pki-url'], dropOld: values['drop-old'] },
  }
  // Before anything is opened under such a name.
  requireWellFormed(addressesAfter(file, wanted))
  const secrets = await boxSecrets(file, values)
  const log = {
    info: () => undefined,
    error: (_: object, message: string) => {
      say(message)
    },
  }
  const box = await openBox({ directory, log, secrets, url: `https://${host}` })
  try {
    const before = { hostNames: [...box.file.hostNames], pkiUrl: box.file.pkiUrl }
    const to = addressesAfter(before, wanted)
    requireWellFormed(to)
    await box.rehost(to, boxActor)
    for (const line of told(before, to)) say(line)
    for (const line of await stillAsked(box.parts.authority, before, to)) say(line)
  } finally {
    await box.close()
  }
  return 0
}

function requireWellFormed(to: Addresses): void {
  const parsed = orderSchemas.rehost.safeParse({ act: 'rehost', ...to })
  if (parsed.success) return
  const [first] = parsed.error.issues
  throw new ApplianceError('USAGE', `${first?.path.join('.') ?? ''}: ${first?.message ?? ''}`)
}

function told(before: Addresses, to: Addresses): string[] {
  return [
    `新的 TLS 证书 new TLS certificate: ${to.hostNames.join(', ')}`,
    `新证书里的地址 address in certificates from now on: ${to.pkiUrl}`,
    `启动 start: sealbox start --host ${to.hostNames[0] ?? ''}`,
    ...(before.pkiUrl === to.pkiUrl ? [] : [`原地址 old address: ${before.pkiUrl}`]),
  ]
}

/** Until when the old address is asked for by what was issued with it. */
async function stillAsked(
  authority: Authority,
  before: Addresses,
  to: Addresses,
): Promise<string[]> {
  if (before.pkiUrl === to.pkiUrl) return []
  let last = new Date(0)
  let count = 0
  const now = new Date()
  for (let after: string | undefined; ;) {
    const page = await authority.certificates({ limit: 500, ...(after !== undefined && { after }) })
    for (const { notAfter, revoked, certificate } of page.items) {
      const asks = revoked === undefined && notAfter >= now
      if (!asks || !Buffer.from(certificate).includes(before.pkiUrl)) continue
      count++
      if (notAfter > last) last = notAfter
    }
    after = page.next
    if (after === undefined) break
  }
  const until = last.toISOString().slice(0, 10)
  return [
    `此前签发的 ${String(count)} 张证书里写着原地址，请让原名称继续指向本机，直到 ${until}`,
    `${String(count)} certificates carry the old address: let its name go on leading to this box until ${until}`,
  ]
}
