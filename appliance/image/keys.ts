/**
 * The owner's keys for images: PK, KEK and db of Secure Boot, the policy key that says which kernel image
 * opens the data partition, and the release key that signs upgrades. `image keys` makes a set; it belongs on a machine without a network, and only its certificates go into an image.
 */
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { ImageError } from './errors.ts'
import { uuidOf } from './layout.ts'
import { sourceDateEpoch, tool } from './tools.ts'

/** Names of the pairs `NAME.key` and `NAME.crt` (PEM) in the folder of keys; the firmware knows RSA alone. */
const pairs = {
  PK: 'Sealbox platform key',
  KEK: 'Sealbox key exchange key',
  db: 'Sealbox boot signing',
  policy: 'Sealbox boot policy',
  release: 'Sealbox release signing',
} as const

export type KeyName = keyof typeof pairs

const rsa = ['rsa:2048']
/** Signatures of PKCS#1 v1.5 are the same each time, which lets two builds be compared; a bundle's signature stands beside the image. */
const kinds = {
  PK: rsa,
  KEK: rsa,
  db: rsa,
  policy: rsa,
  release: ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'],
} as const satisfies Record<KeyName, readonly string[]>

const validDays = '7300'

/** Makes a new set in `folder`; `IMAGE_KEYS_EXIST` where there is one. */
export async function makeKeys(folder: string): Promise<void> {
  if (existsSync(join(folder, 'PK.key'))) {
    throw new ImageError('IMAGE_KEYS_EXIST', `${folder} holds keys already`)
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  for (const [name, subject] of Object.entries(pairs)) {
    const { key, crt } = { key: join(folder, `${name}.key`), crt: join(folder, `${name}.crt`) }
    const kind = ['-newkey', ...kinds[name as KeyName]]
    const use = [
      '-addext',
      'basicConstraints=critical,CA:FALSE',
      '-addext',
      'keyUsage=critical,digitalSignature',
    ]
    const who = ['-subj', `/CN=${subject}`, '-days', validDays, '-sha256', '-noenc']
    await tool('openssl', [
      'req',
      '-new',
      '-x509',
      ...kind,
      ...who,
      ...use,
      '-keyout',
      key,
      '-out',
      crt,
    ])
  }
  await enrolment(folder)
}

/** `PK.auth`, `KEK.auth`, `db.auth`: what the firmware takes in setup mode, each signed by the key above it (UEFI 2.10, 8.2.2). */
async function enrolment(folder: string): Promise<void> {
  const owner = uuidOf('owner')
  const at = new Date(sourceDateEpoch() * 1000).toISOString().slice(0, 19).replace('T', ' ')
  for (const [name, by] of [
    ['PK', 'PK'],
    ['KEK', 'PK'],
    ['db', 'KEK'],
  ] as const) {
    const list = join(folder, `${name}.esl`)
    await tool('cert-to-efi-sig-list', ['-g', owner, join(folder, `${name}.crt`), list])
    const signer = ['-k', join(folder, `${by}.key`), '-c', join(folder, `${by}.crt`)]
    await tool('sign-efi-sig-list', [
      '-g',
      owner,
      '-t',
      at,
      ...signer,
      name,
      list,
      join(folder, `${name}.auth`),
    ])
  }
}

/** What of a set is public, and goes into images. */
export const publicFiles = ['PK.auth', 'KEK.auth', 'db.auth', 'db.crt', 'release.crt'] as const

/** `IMAGE_KEYS_MISSING` unless all named files are in `folder`. */
export function requireFiles(folder: string, names: readonly string[]): void {
  for (const name of names) {
    if (existsSync(join(folder, name))) continue
    throw new ImageError('IMAGE_KEYS_MISSING', `${folder} has no ${name}; image keys makes a set`)
  }
}
