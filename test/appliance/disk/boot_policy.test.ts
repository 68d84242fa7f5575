/** The signed policy of a kernel image: computed without a TPM, as systemd's own tool and a TPM compute it. */
import { generateKeyPairSync } from 'node:crypto'
import { spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import fc from 'fast-check'
import {
  DiskError,
  pcr11Of,
  readBootPolicy,
  signBootPolicy,
} from '../../../appliance/disk/index.ts'
import {
  normalRecoveryPassphrase,
  recoveryPassphrase,
} from '../../../appliance/disk/recovery_passphrase.ts'
import { versionNumberOf, versionOf } from '../../../appliance/disk/version_number.ts'
import { temporaryFolder } from '../places.ts'

const privateKey = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
}).privateKey

const octets = (text: string): Uint8Array => new TextEncoder().encode(text)
const sections = {
  '.linux': octets('a kernel'),
  '.osrel': octets('ID=sealbox\n'),
  '.cmdline': octets('box.roothash=00 ro'),
  '.initrd': octets('an initial file system'),
}
const image = { sections, version: '1.2.3', privateKey }

test('PCR 11 is what systemd-measure calculates', async (t) => {
  const measure = '/lib/systemd/systemd-measure'
  if (!existsSync(measure)) {
    t.log('systemd-measure is not installed here')
    t.pass()
    return
  }
  const folder = await temporaryFolder(t)
  const options = Object.entries(sections).map(([name, bytes]) => {
    writeFileSync(join(folder, name), bytes)
    return `-${name.replace('.', '-')}=${join(folder, name)}`
  })
  const args = ['calculate', '--bank=sha256', '--phase=', '--json=short', ...options]
  const { stdout, stderr } = spawnSync(measure, args, { encoding: 'utf8' })
  t.true(stdout.includes(Buffer.from(pcr11Of(sections)).toString('hex')), stdout + stderr)
})

test('a signed policy is read back, and is the same each time', (t) => {
  const text = signBootPolicy(image)
  t.is(text, signBootPolicy(image))
  const policy = readBootPolicy(text)
  t.is(policy.version, '1.2.3')
  t.deepEqual(policy.pcr11, pcr11Of(sections))
})

for (const [what, change] of [
  ['another measurement', (text: string) => text.replace(/"pcr11": "./, '"pcr11": "f')],
  [
    'a higher version, which would pass the counter',
    (text: string) => text.replace('1.2.3', '1.2.4'),
  ],
  ['a field more', (text: string) => text.replace('{', '{"more": 1,')],
  ['no JSON', () => 'sealbox'],
  ['far too much', (text: string) => text + ' '.repeat(10_000)],
] as const) {
  test(`a policy is refused with ${what}`, (t) => {
    const error = t.throws(() => readBootPolicy(change(signBootPolicy(image))), {
      instanceOf: DiskError,
    })
    t.is(error.code, 'DISK_POLICY_MALFORMED')
  })
}

test('only an RSA key of 2048 bits signs, since every TPM verifies it', (t) => {
  const { privateKey: other } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  t.throws(() => signBootPolicy({ ...image, privateKey: other }), {
    code: 'DISK_POLICY_MALFORMED',
  })
})

test('versions become numbers in their order', (t) => {
  const part = fc.nat({ max: 65_535 })
  fc.assert(
    fc.property(fc.tuple(part, part, part), fc.tuple(part, part, part), (a, b) => {
      const [first, second] = [a, b].map((parts) => versionNumberOf(parts.join('.')))
      const at = a.findIndex((value, index) => value !== b[index])
      const expected = at < 0 ? 0 : Math.sign((a[at] ?? 0) - (b[at] ?? 0))
      t.is(Number(first !== second) * (Number(first) < Number(second) ? -1 : 1), expected)
      t.is(versionOf(versionNumberOf(a.join('.'))), a.join('.'))
    }),
    { seed: 6, numRuns: 100 },
  )
  for (const version of ['1.2', '1.2.65536', '1.2.3-rc1', '']) {
    t.throws(() => versionNumberOf(version), { code: 'DISK_VERSION_MALFORMED' })
  }
})

test('a recovery passphrase is read however it is typed, and a slip in its length or letters is seen', (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 20, maxLength: 20 }), (secret) => {
      const written = recoveryPassphrase(secret)
      t.regex(written, /^([A-Z2-7]{4}-){7}[A-Z2-7]{4}$/)
      t.is(normalRecoveryPassphrase(written.toLowerCase().replaceAll('-', ' ')), written)
      t.is(normalRecoveryPassphrase(written.replaceAll('O', '0').replaceAll('I', '1')), written)
    }),
    { seed: 6, numRuns: 100 },
  )
  t.is(recoveryPassphrase(new Uint8Array(20)), 'AAAA-AAAA-AAAA-AAAA-AAAA-AAAA-AAAA-AAAA')
  for (const typed of ['', 'AAAA-AAAA', '????-AAAA-AAAA-AAAA-AAAA-AAAA-AAAA-AAAA']) {
    t.throws(() => normalRecoveryPassphrase(typed), { code: 'DISK_RECOVERY_MALFORMED' })
  }
})
