/** Requests and PKCS#12 files of the kit, opened by other people's programs. */
import { execFileSync } from 'node:child_process'
import { X509Certificate, createHash } from 'node:crypto'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createSecureContext } from 'node:tls'
import test from 'ava'
import type { ExecutionContext } from 'ava'
import forge from 'node-forge'
import { legacyCrypto } from '../../appliance/unit/legacy_crypto.ts'
import { systemRandom } from '../../ca/random.ts'
import {
  exportPkcs8,
  makeRequest,
  makeUnitKey,
  pkcs12Costs,
  writePkcs12,
  type LegacyCrypto,
} from '../../provisioning/kit/index.ts'
import { pkcs12Key, pkcs12MacKey } from '../../provisioning/kit/pkcs12_kdf.ts'
import { makeCertificate, rootCertificate, temporaryFolder } from './test_root.ts'

const folder = temporaryFolder()
const key = await makeUnitKey()
const certificate = await makeCertificate(key, '青禾区财政局 clerk')
const root = rootCertificate()
const common = {
  key,
  certificate,
  chain: [root],
  friendlyName: '青禾区财政局 clerk',
  random: systemRandom,
}

/** Output of a program, or undefined if it failed; in UTF-8. */
function run(command: string, ...args: string[]): string | undefined {
  try {
    const env = { ...process.env, LC_ALL: 'C.UTF-8' }
    const options = { stdio: 'pipe', timeout: 60_000, env, encoding: 'utf8' } as const
    return execFileSync('sh', ['-c', '"$@" 2>&1', 'sh', command, ...args], options)
  } catch {
    return undefined
  }
}

const installed = (command: string) => run('sh', '-c', `command -v ${command}`) !== undefined

/** Opens a file with another program; the answer names what was found, undefined means refused. */
interface Reader {
  name: string
  needs: string
  /** Passphrases that the program itself cannot take, whoever made the file. */
  unable?: RegExp
  open: (file: string, passphrase: string) => string | undefined
}

const readers: readonly Reader[] = [
  {
    name: 'OpenSSL',
    needs: 'openssl',
    open: (file, passphrase) =>
      run('openssl', 'pkcs12', '-in', file, '-passin', `pass:${passphrase}`, '-noenc', '-info'),
  },
  {
    name: 'NSS pk12util',
    needs: 'pk12util',
    open: (file, passphrase) => {
      const database = join(folder, 'nss')
      rmSync(database, { recursive: true, force: true })
      mkdirSync(database)
      run('certutil', '-d', `sql:${database}`, '-N', '--empty-password')
      return (
        run('pk12util', '-d', `sql:${database}`, '-i', file, '-W', passphrase) &&
        run('certutil', '-d', `sql:${database}`, '-L')
      )
    },
  },
  {
    name: 'GnuTLS certtool',
    needs: 'certtool',
    open: (file, passphrase) =>
      run(
        'certtool',
        '--p12-info',
        '--inder',
        '--infile',
        file,
        '--password',
        passphrase,
        ...(passphrase === '' ? ['--empty-password'] : []),
      ),
  },
  {
    name: 'Java keytool',
    needs: 'keytool',
    unable: /[^ -~]/, // Java 17: "Password is not ASCII", also for files of its own making
    open: (file, passphrase) =>
      run('keytool', '-list', '-storetype', 'PKCS12', '-keystore', file, '-storepass', passphrase),
  },
]

const passphrases = [
  { what: 'an ASCII passphrase', passphrase: 'correct horse' },
  { what: 'an empty passphrase', passphrase: '' },
  { what: 'a Chinese passphrase', passphrase: '青禾区财政局的口令' },
  { what: 'accents and characters beyond the basic plane', passphrase: 'pässwörd € 💧𠮷' },
  { what: '65 characters', passphrase: 'x'.repeat(65) },
  { what: '100 Chinese characters', passphrase: '长'.repeat(100) },
]

/** The legacy profile is made only of what is handed in for it. */
const protections = [
  { kind: 'PKCS#12', legacy: undefined },
  { kind: 'legacy PKCS#12', legacy: legacyCrypto },
] as const

async function written(
  t: ExecutionContext,
  passphrase: string,
  legacy?: LegacyCrypto,
): Promise<string> {
  const file = join(folder, `${createHash('sha256').update(t.title).digest('hex')}.p12`)
  const cost = pkcs12Costs.fast
  writeFileSync(file, await writePkcs12({ ...common, passphrase, cost, legacy }))
  return file
}

for (const { kind, legacy } of protections) {
  for (const { what, passphrase } of passphrases) {
    test.serial(`a ${kind} file opens in node's TLS: ${what}`, async (t) => {
      const cost = pkcs12Costs.fast
      const pfx = Buffer.from(await writePkcs12({ ...common, passphrase, cost, legacy }))
      t.notThrows(() => createSecureContext({ pfx, passphrase }))
      t.throws(() => createSecureContext({ pfx, passphrase: `${passphrase}!` }))
    })

    for (const { name, needs, unable, open } of readers) {
      if (unable?.test(passphrase)) continue
      // Java takes a second to start: once a kind in the quick count
      if (
        needs === 'keytool' &&
        passphrase !== 'correct horse' &&
        process.env['SEALBOX_TEST_FULL'] !== '1'
      )
        continue
      test.serial(
        `a ${kind} file opens in ${name}, and not with another passphrase: ${what}`,
        async (t) => {
          if (!installed(needs)) {
            t.log(`skipped: ${needs} is not installed`)
            t.pass()
            return
          }
          const file = await written(t, passphrase, legacy)
          t.truthy(open(file, passphrase))
          t.is(open(file, `${passphrase}!`), undefined)
        },
      )
    }
  }
}

test.serial(
  'a legacy file is triple DES with a SHA-1 MAC, never RC2, and only if asked for',
  async (t) => {
    const file = join(folder, 'legacy.p12')
    const info = async (legacy?: LegacyCrypto): Promise<string> => {
      writeFileSync(file, await writePkcs12({ ...common, passphrase: 'p', legacy }))
      return run('openssl', 'pkcs12', '-in', file, '-passin', 'pass:p', '-noout', '-info') ?? ''
    }
    const old = await info(legacyCrypto)
    t.regex(old, /MAC: sha1, Iteration 100000/)
    t.is(old.match(/pbeWithSHA1And3-KeyTripleDES-CBC, Iteration 100000/g)?.length, 2)
    t.notRegex(old, /RC2|40Bit/i)
    const modern = await info()
    t.notRegex(modern, /DES|sha1,|RC2/i)
  },
)

test('keys, IVs and MAC keys of legacy files are those of RFC 7292 appendix B, as OpenSSL derives them', (t) => {
  const salt = Uint8Array.from({ length: 16 }, (_, at) => 255 - at)
  const hash = { digest: legacyCrypto.sha1, outputBytes: 20, blockBytes: 64 }
  for (const [use, octet, length] of [
    ['encryption', 1, 24],
    ['iv', 2, 8],
    ['mac', 3, 20],
    // Beyond two outputs the sums of step 6C carry over and over.
    ['encryption', 1, 200],
  ] as const) {
    const given = ['digest:SHA1', 'hexpass:53e30000', `id:${String(octet)}`, 'iter:3']
    const all = [...given, `hexsalt:${Buffer.from(salt).toString('hex')}`]
    const named = all.flatMap((option) => ['-kdfopt', option])
    const hex = run('openssl', 'kdf', '-keylen', String(length), ...named, 'PKCS12KDF')
    const key = pkcs12Key({ hash, use, length, passphrase: '口', salt, iterations: 3 })
    t.is(Buffer.from(key).toString('hex').toUpperCase(), (hex ?? '').replaceAll(':', '').trim())
  }
})

/**
 * node-forge is here for these tests alone: an implementation of PKCS#12 in JavaScript that shares no code with the programs above.
 * It knows no EC keys (`key` and `cert` of a bag are null), but gives what it decrypted as ASN.1.
 */
function openWithForge(
  pkcs12: Uint8Array,
  passphrase: string,
): { type: string; der: Uint8Array }[] {
  const pfx = forge.pkcs12.pkcs12FromAsn1(
    forge.asn1.fromDer(Buffer.from(pkcs12).toString('binary')),
    passphrase,
  )
  return pfx.safeContents
    .flatMap(({ safeBags }) => safeBags)
    .map(({ type, asn1 }) => ({
      type,
      der: new Uint8Array(Buffer.from(forge.asn1.toDer(asn1).getBytes(), 'binary')),
    }))
}

for (const { what, passphrase } of passphrases) {
  test(`node-forge verifies the MAC of a PKCS#12 file, and not with another passphrase: ${what}`, async (t) => {
    const pkcs12 = await writePkcs12({ ...common, passphrase, cost: pkcs12Costs.fast })
    const { pkcs8ShroudedKeyBag, certBag } = forge.pki.oids
    t.throws(() => openWithForge(pkcs12, `${passphrase}!`), {
      message: /MAC could not be verified/,
    })
    if (/[^ -~]/.test(passphrase)) {
      // The MAC holds; then it gives PBKDF2 the low octet of each character, whoever made the file, where UTF-8 is meant.
      // Most keys so made fail at the padding; one in 256 passes it, and what came out is no ASN.1.
      const error = t.throws(() => openWithForge(pkcs12, passphrase), { any: true })
      t.notRegex(String(error), /MAC could not be verified/)
      return
    }
    t.deepEqual(openWithForge(pkcs12, passphrase), [
      { type: pkcs8ShroudedKeyBag, der: await exportPkcs8(key) },
      { type: certBag, der: certificate },
      { type: certBag, der: new Uint8Array(root) },
    ])
  })
}

test.serial(
  'key, certificate, chain, names and algorithms are as OpenSSL reads them',
  async (t) => {
    const pkcs12 = await writePkcs12({ ...common, passphrase: 'p' })
    const file = join(folder, 'standard.p12')
    writeFileSync(file, pkcs12)
    const read = run('openssl', 'pkcs12', '-in', file, '-passin', 'pass:p', '-noenc', '-info') ?? ''
    t.regex(read, /MAC: sha256, Iteration 600000\n/)
    t.regex(read, /MAC length: 32, salt length: 16/)
    t.regex(
      read,
      /Shrouded Keybag: PBES2, PBKDF2, AES-256-CBC, Iteration 600000, PRF hmacWithSHA256/,
    )
    t.regex(
      read,
      /Encrypted data: PBES2, PBKDF2, AES-256-CBC, Iteration 600000, PRF hmacWithSHA256/,
    )
    const found = [...read.matchAll(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g)]
    t.deepEqual(
      found.map(([pem]) => new Uint8Array(new X509Certificate(pem).raw)),
      [certificate, new Uint8Array(root)],
    )
    const pem = /-----BEGIN PRIVATE KEY-----\n([^-]+)-----END/.exec(read)?.[1] ?? ''
    t.deepEqual(new Uint8Array(Buffer.from(pem, 'base64')), await exportPkcs8(key))
    const ids = [...read.matchAll(/localKeyID: ([0-9A-F ]+)/g)].map(([, id]) => id?.trim())
    const own = createHash('sha256').update(certificate).digest('hex').toUpperCase()
    t.deepEqual(
      ids.map((id) => id?.replaceAll(' ', '')),
      [own, own],
    )
  },
)

test.serial('the Chinese friendly name is the one that NSS shows', async (t) => {
  const nss = readers[1]
  if (!nss || !installed(nss.needs)) {
    t.log('skipped: pk12util is not installed')
    t.pass()
    return
  }
  t.regex(nss.open(await written(t, 'p'), 'p') ?? '', /青禾区财政局 clerk +u,u,u/)
})

test('a file whose authenticated part was changed does not open', async (t) => {
  const pkcs12 = await writePkcs12({ ...common, passphrase: 'p', cost: pkcs12Costs.fast })
  for (let at = 0; at < pkcs12.length - 100; at += 97) {
    const pfx = Buffer.from(pkcs12.with(at, (pkcs12[at] ?? 0) ^ 1))
    t.throws(() => createSecureContext({ pfx, passphrase: 'p' }), undefined, `at ${String(at)}`)
  }
})

test('a passphrase with a NUL, or far too long, and an endless name are refused untold', async (t) => {
  for (const wrong of [
    { passphrase: 'hush\0hush' },
    { passphrase: 'hush'.repeat(200) },
    { passphrase: 'hush', friendlyName: 'x'.repeat(129) },
  ]) {
    const error = await t.throwsAsync(writePkcs12({ ...common, ...wrong }), {
      code: 'PKCS12_REFUSED',
    })
    t.false(String(error.stack).includes('hush'))
  }
})

test('the MAC key is the one of RFC 7292 appendix B, as OpenSSL derives it', (t) => {
  const salt = Uint8Array.from({ length: 16 }, (_, at) => at)
  const options = ['digest:SHA256', 'hexpass:00700000', 'iter:1000', 'id:3']
  const given = [...options, `hexsalt:${Buffer.from(salt).toString('hex')}`]
  const named = given.flatMap((option) => ['-kdfopt', option])
  const hex = run('openssl', 'kdf', '-keylen', '32', ...named, 'PKCS12KDF')
  const key = pkcs12MacKey({ passphrase: 'p', salt, iterations: 1000 })
  t.is(Buffer.from(key).toString('hex').toUpperCase(), (hex ?? '').replaceAll(':', '').trim())
})

test('a request proves possession of its key, and says what it is for', async (t) => {
  const file = join(folder, 'request.der')
  const request = await makeRequest({ key, commonName: '青禾区财政局 seat-signing' })
  writeFileSync(file, request)
  const read =
    run(
      'openssl',
      'req',
      '-inform',
      'der',
      '-in',
      file,
      '-noout',
      '-verify',
      '-subject',
      '-nameopt',
      'utf8',
      '-pubkey',
    ) ?? ''
  t.regex(read, /verify OK/)
  t.regex(read, /subject=CN=青禾区财政局 seat-signing/)
  t.true(read.replaceAll('\n', '').includes(Buffer.from(key.spki).toString('base64')))
  writeFileSync(file, request.with(-1, (request.at(-1) ?? 0) ^ 1))
  t.notRegex(
    run('openssl', 'req', '-inform', 'der', '-in', file, '-noout', '-verify') ?? '',
    /verify OK/,
  )
})

test('a request without a name, or with one beyond 64 characters, is not made', async (t) => {
  for (const commonName of ['', '局'.repeat(65)]) {
    await t.throwsAsync(makeRequest({ key, commonName }), { instanceOf: RangeError })
  }
})
