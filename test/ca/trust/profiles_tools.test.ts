/**
 * Each profile against the tools that know it, in one table: what a certificate is accepted for, by OpenSSL, GnuTLS and NSS, and that each
 * of them refuses it for every other purpose that it knows, once revoked, and after its end. `none` is a tool that knows no such purpose:
 * it must refuse the certificate for each that it does know. No line rests on an exit status.
 */
import { execFileSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { join } from 'node:path'
import test from 'ava'
import { boxActor, sha256Hex, type ProfileName, type ProvenPublicKey } from '../../../ca/index.ts'
import { freshKey, issueSeat, openDistrict, pem, tool } from './district.ts'
import {
  askCerttool,
  askNss,
  askOpenssl,
  prepareTools,
  purposeNames,
  type Answer,
  type Asked,
  type ToolFolder,
} from './tools.ts'

type Purpose = keyof typeof purposeNames

/** Authorities are tried as what they are, below; everybody else has a row here, or this does not compile. */
const table: Readonly<Record<Exclude<ProfileName, 'root' | 'root-link' | 'issuing'>, Purpose>> = {
  'tls-server': 'server',
  'seat-client': 'client',
  'officer-client': 'client',
  'auditor-client': 'client',
  'administrator-client': 'client',
  ocsp: 'ocsp',
  timestamping: 'timestamping',
  'unit-seal': 'signing',
  'seat-signing': 'signing',
  'officer-signing': 'signing',
  'auditor-signing': 'signing',
  'administrator-signing': 'signing',
  journal: 'journal',
}

/** A purpose of each tool that tells users apart; `any` of OpenSSL's accepts everybody. */
const askedOf = {
  openssl: ['sslserver', 'sslclient', 'timestampsign'],
  certtool: [...new Set(Object.values(purposeNames).map(({ certtool }) => certtool))],
  nss: ['0', '1', '10'],
} as const

type Ask = (folder: ToolFolder, purpose: string, asked: Asked) => Promise<Answer>
const tools: Readonly<Record<keyof typeof askedOf, Ask>> = {
  openssl: askOpenssl,
  certtool: askCerttool,
  nss: askNss,
}

const district = await openDistrict()
const { authority } = district

const issue = (profile: ProfileName, publicKey = freshKey()): Promise<Uint8Array> =>
  authority.issue({
    profile,
    subject: { organization: '测试区', commonName: `测试 ${profile}` },
    publicKey,
    holder: 'box',
    actor: boxActor,
    ...(profile === 'tls-server' && { hostNames: ['localhost', '127.0.0.1', '::1'] }),
  })

/** A key that signs outside of the box, as if a holder had it. */
function openKey(): { pem: string; publicKey: ProvenPublicKey } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return {
    pem: privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
    publicKey: new Uint8Array(publicKey.export({ format: 'der', type: 'spki' })) as ProvenPublicKey,
  }
}

interface Pair {
  readonly good: Uint8Array
  readonly revoked: Uint8Array
}
const pairs = new Map<ProfileName, Pair>()
for (const profile of Object.keys(table) as ProfileName[]) {
  const pair = { good: await issue(profile), revoked: await issue(profile) }
  const sha256 = sha256Hex(pair.revoked)
  await authority.revoke({ sha256, reason: 'superseded', actor: boxActor })
  pairs.set(profile, pair)
}
const folder = await prepareTools(district)
test.after.always(() => district.close())

/** Beyond the ends of all certificates but the authorities'. */
const afterTheEndDays = 6 * 365

for (const [profile, purpose] of Object.entries(table) as [ProfileName, Purpose][]) {
  for (const name of Object.keys(tools) as (keyof typeof tools)[]) {
    const known = purposeNames[purpose][name]
    test(`${name} takes ${profile} for ${known}, and not for others, revoked, or ended`, async (t) => {
      const { good, revoked } = pairs.get(profile) ?? t.fail()
      const ask = tools[name]
      for (const other of askedOf[name]) {
        if (other === known) continue
        const answer = await ask(folder, other, { certificate: good })
        t.false(answer.accepted, `for ${other}: ${answer.said}`)
      }
      if (known === 'none') return
      const answer = await ask(folder, known, { certificate: good })
      t.true(answer.accepted, answer.said)
      const withdrawn = await ask(folder, known, { certificate: revoked })
      t.false(withdrawn.accepted)
      t.regex(withdrawn.said, /revoked/i)
      // The twin of the twin: it was the list that told.
      if (purpose === 'journal') return
      const inDays = afterTheEndDays
      const ended = await ask(folder, known, { certificate: good, inDays })
      t.false(ended.accepted)
      t.regex(ended.said, /expired/i)
    })
  }
}

test('the server’s names are those that it answers to, for OpenSSL and GnuTLS', async (t) => {
  const { good: certificate } = pairs.get('tls-server') ?? t.fail()
  for (const [name, option] of [
    ['localhost', '-verify_hostname'],
    ['127.0.0.1', '-verify_ip'],
    ['::1', '-verify_ip'],
  ] as const) {
    t.true((await askOpenssl(folder, 'sslserver', { certificate }, option, name)).accepted, name)
  }
  const { server } = purposeNames
  const host = (name: string): Promise<Answer> =>
    askCerttool(folder, server.certtool, { certificate }, '--verify-hostname', name)
  t.true((await host('localhost')).accepted)
  t.false((await host('another')).accepted)
  const another = ['-verify_hostname', 'another']
  t.false((await askOpenssl(folder, 'sslserver', { certificate }, ...another)).accepted)
  t.false(
    (await askOpenssl(folder, 'sslserver', { certificate }, '-verify_ip', '10.0.0.1')).accepted,
  )
})

test('OpenSSL takes an OCSP answer by a certificate of the profile, and by no other', async (t) => {
  const seat = await issueSeat(authority)
  const seatFile = await district.file('asked.pem', pem('CERTIFICATE', seat))
  const serial = execFileSync('openssl', ['x509', '-noout', '-serial', '-in', seatFile])
    .toString()
    .trim()
    .replace('serial=', '')
  const index = await district.file('index.txt', `V\t400101000000Z\t\t${serial}\tunknown\t/CN=x\n`)
  const about = ['-issuer', folder.issuing, '-cert', seatFile]
  const answerBy = async (profile: ProfileName): Promise<string> => {
    const key = openKey()
    const certificate = await issue(profile, key.publicKey)
    const [signer, keyFile, answer] = await Promise.all([
      district.file(`${profile}.responder.pem`, pem('CERTIFICATE', certificate)),
      district.file(`${profile}.key.pem`, key.pem),
      Promise.resolve(join(district.directory, `${profile}.answer`)),
    ])
    const made = await tool(
      'openssl',
      ...['ocsp', '-index', index, '-CA', folder.issuing, '-rsigner', signer, '-rkey', keyFile],
      ...[...about, '-respout', answer, '-ndays', '1', '-no_nonce'],
    )
    t.notRegex(made.output, /error/i)
    const chain = await district.file(
      'chain.pem',
      pem('CERTIFICATE', district.certificates.issuing),
    )
    const options = ['ocsp', '-respin', answer, ...about, '-CAfile', folder.root]
    return (await tool('openssl', ...options, '-verify_other', chain, '-no_nonce')).output
  }
  t.regex(await answerBy('ocsp'), /Response verify OK/)
  t.regex(await answerBy('seat-client'), /Response Verify Failure[\s\S]*missing ocspsigning usage/i)
})

test('root and issuing authority are authorities for all three, and nobody else is', async (t) => {
  const { issuing } = district.certificates
  const seat = pairs.get('seat-client')?.good ?? t.fail()
  t.true((await askOpenssl(folder, 'crlsign', { certificate: issuing })).accepted)
  t.true((await askNss(folder, '3', { certificate: issuing })).accepted)
  t.false((await askNss(folder, '3', { certificate: seat })).accepted)
  t.false((await askOpenssl(folder, 'crlsign', { certificate: seat })).accepted)
  // Something below a seat: each tool sees that it is no authority.
  const key = openKey()
  const [under, file] = [await issue('seat-client', key.publicKey), 'rogue']
  const caFile = await district.file(`${file}-ca.pem`, pem('CERTIFICATE', under))
  const leaf = await district.file(`${file}.key`, openKey().pem)
  const rogue = join(district.directory, `${file}.pem`)
  execFileSync('openssl', [
    ...['req', '-x509', '-new', '-key', leaf, '-subj', '/CN=rogue', '-days', '30', '-out', rogue],
    ...['-CA', caFile, '-CAkey', await district.file(`${file}-ca.key`, key.pem)],
  ])
  const others = await district.file(
    `${file}-chain.pem`,
    pem('CERTIFICATE', under, district.certificates.issuing),
  )
  const openssl = await tool(
    'openssl',
    'verify',
    '-CAfile',
    folder.root,
    '-untrusted',
    others,
    rogue,
  )
  t.regex(openssl.output, /invalid CA certificate|verification failed/)
  const nss = await tool(
    'vfychain',
    '-d',
    `sql:${folder.nss}`,
    '-u',
    '0',
    '-a',
    rogue,
    '-a',
    caFile,
  )
  t.regex(nss.output, /Chain is bad!/)
})

/** A tool's word on a list: whether it is good, given who signed it and how many days later it is. */
interface ListCheck {
  readonly name: string
  readonly check: (list: string, issuer: string, inDays: number) => Promise<boolean>
  /** What it does not look at. */
  readonly ignores?: 'age'
}

const later = (inDays: number, ...command: readonly string[]): Promise<{ output: string }> =>
  tool('faketime', `+${String(inDays)} days`, ...command)

const listChecks: readonly ListCheck[] = [
  {
    name: 'OpenSSL',
    // `openssl crl` looks at the signature only; `verify` also at the times.
    check: async (list, issuer, inDays) => {
      const form = ['crl', '-inform', 'DER', '-in', list, '-CAfile', issuer, '-noout']
      const { output } = await tool('openssl', ...form)
      const asPem = join(district.directory, 'one.crl.pem')
      await tool('openssl', 'crl', '-inform', 'DER', '-in', list, '-out', asPem)
      const seat = await district.file(
        'seat.pem',
        pem('CERTIFICATE', pairs.get('seat-client')?.good ?? new Uint8Array()),
      )
      const options = ['verify', '-partial_chain', '-crl_check', '-CRLfile', asPem]
      const used = await later(inDays, 'openssl', ...options, '-CAfile', issuer, seat)
      return output.includes('verify OK') && used.output.includes(': OK')
    },
  },
  {
    name: 'GnuTLS certtool',
    check: async (list, issuer, inDays) => {
      const asPem = `${list}.pem`
      await tool('openssl', 'crl', '-inform', 'DER', '-in', list, '-out', asPem)
      const options = ['--verify-crl', '--load-ca-certificate', issuer, '--infile', asPem]
      const { output } = await later(inDays, 'certtool', ...options)
      return output.includes('Verification output: Verified. The certificate is trusted.')
    },
  },
  {
    name: 'NSS crlutil',
    ignores: 'age',
    check: async (list, issuer, inDays) => {
      const store = join(district.directory, `list-${String(stores++)}`)
      execFileSync('mkdir', [store])
      const db = `sql:${store}`
      await tool('certutil', '-d', db, '-N', '--empty-password')
      await tool('certutil', '-d', db, '-A', '-n', 'issuer', '-t', 'CT,C,C', '-a', '-i', issuer)
      await later(inDays, 'crlutil', '-d', db, '-I', '-i', list, '-t', '1')
      return /^\S+ +CRL *$/m.test((await tool('crlutil', '-L', '-d', db)).output)
    },
  },
]
let stores = 0

for (const { name, check, ignores } of listChecks) {
  test(`${name} takes the list by its authority, and not altered, by another, or ${ignores === 'age' ? '(it does not look) ' : ''}old`, async (t) => {
    const { crl } = await authority.crl('issuing')
    const good = await district.file(`${name}.crl`, crl)
    const altered = await district.file(`${name}.altered.crl`, crl.with(-1, (crl.at(-1) ?? 0) ^ 1))
    t.true(await check(good, folder.issuing, 0))
    t.false(await check(altered, folder.issuing, 0))
    t.false(await check(good, folder.root, 0))
    t.is(await check(good, folder.issuing, 30), ignores === 'age')
  })
}
