/** Seals in two steps: by keys on a PKCS#11 token (SoftHSM), and by a process that never saw the first step. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { createTokenKeys, openToken, toPem, type SignatureAlgorithm } from '../../../ca/index.ts'
import { tool } from '../../ca/trust/district.ts'
import {
  completeSeal,
  prepareSeal,
  restoreSeal,
  storeSeal,
  type SealedPdf,
} from '../../../exchange/seal/index.ts'
import { latin1, latin1Bytes } from '../../../exchange/pdf/index.ts'
import { pdfLibBase, testMark } from './bases.ts'
import { createTestPki } from './pki.ts'
import {
  coveredBytes,
  opensslVerifiesSeal,
  pdfsigValid,
  qpdfComplaints,
  signaturesOf,
} from './tools.ts'

const pki = createTestPki()
const folder = mkdtempSync(join(tmpdir(), 'sealbox-two-steps-'))
test.after.always(() => {
  rmSync(folder, { recursive: true, force: true })
  rmSync(pki.folder, { recursive: true, force: true })
})
const at = new Date('2026-09-01T08:00:00Z')
const module = '/usr/lib/softhsm/libsofthsm2.so'
const pin = '1234'

function request(certificate: Uint8Array, algorithm: SignatureAlgorithm, pdf: Uint8Array) {
  return {
    ...{ pdf, certificate, algorithm, at, page: 0, fieldName: 'seal-1', name: 'Unit' },
    mark: testMark(100),
    centre: { x: 200, y: 200 },
    docMdp: 2 as const,
  }
}

/** What is wrong with a sealed file for others. */
function faultsOf({ pdf }: Pick<SealedPdf, 'pdf'>): string[] {
  const file = join(folder, 'sealed.pdf')
  writeFileSync(file, pdf)
  const [seal] = signaturesOf(pdf)
  if (!seal) return ['no seal']
  const verdict = opensslVerifiesSeal(pki, seal.cms, coveredBytes(pdf, seal.value))
  return [
    qpdfComplaints(file),
    pdfsigValid(file) === 1 ? '' : 'pdfsig',
    verdict.includes('CAdES Verification successful') ? '' : verdict,
  ].filter((fault) => fault !== '')
}

/** A certificate of the test's root for a key that stays on its token. */
function certify(name: string, spki: Uint8Array): Uint8Array {
  writeFileSync(join(pki.folder, `${name}.pub`), toPem('PUBLIC KEY', spki))
  execFileSync(
    'openssl',
    [
      ...['x509', '-new', '-force_pubkey', `${name}.pub`, '-subj', `/CN=Token ${name}`],
      ...['-CA', 'root.pem', '-CAkey', 'root.key', '-days', '900', '-set_serial', '77'],
      ...[
        '-extfile',
        'openssl.cnf',
        '-extensions',
        'unit',
        '-outform',
        'DER',
        '-out',
        `${name}.der`,
      ],
    ],
    { cwd: pki.folder, stdio: 'pipe' },
  )
  return new Uint8Array(readFileSync(join(pki.folder, `${name}.der`)))
}

test('a seal key on a token seals in every suite, and never leaves it', async (t) => {
  mkdirSync(join(folder, 'tokens'))
  const configuration = join(folder, 'softhsm2.conf')
  writeFileSync(configuration, `directories.tokendir = ${join(folder, 'tokens')}\n`)
  process.env['SOFTHSM2_CONF'] = configuration
  const made = await tool(
    'softhsm2-util',
    ...['--init-token', '--free', '--label', 'unit', '--so-pin', '5678', '--pin', pin],
  )
  t.is(made.status, 0, made.output)
  const token = await openToken({ module, label: 'unit', pin })
  t.teardown(() => token.close())
  const base = await pdfLibBase(false)
  for (const [algorithm, rsaPadding] of [
    ['ecdsa-p256-sha256', 'pkcs1'],
    ['ecdsa-p384-sha384', 'pkcs1'],
    ['rsa-sha256', 'pkcs1'],
    ['rsa-pss-sha256', 'pss'],
  ] as const) {
    const keys = createTokenKeys(token, `unit-${algorithm}-`, { rsaPadding })
    const certificate = certify(algorithm, await keys.generate('seal', algorithm))
    const signer = await keys.open('seal', certificate)
    t.is(signer.algorithm, algorithm)
    const prepared = prepareSeal(request(certificate, algorithm, base))
    const signature = await signer.sign(prepared.attributes)
    const certificates = [certificate, pki.root]
    const sealed = await completeSeal({
      ...{ prepared, signature, algorithm, certificate, certificates },
      stamp: pki.stamp,
    })
    t.deepEqual(faultsOf(sealed), [], algorithm)
  }
})

const unit = pki.units[0] ?? pki.tsa

test('a seal that was put away is completed by another process, to the same octets', async (t) => {
  const { certificate, algorithm } = unit
  const prepared = prepareSeal(request(certificate, algorithm, await pdfLibBase(true)))
  const kept = join(folder, 'kept.json')
  writeFileSync(kept, storeSeal({ prepared, certificate, algorithm }))
  // The unit signs the attributes meanwhile, elsewhere.
  const signature = await unit.sign(prepared.attributes)
  writeFileSync(join(folder, 'signature'), signature)
  writeFileSync(join(folder, 'root.der'), pki.root)
  execFileSync(process.execPath, [new URL('complete_kept.ts', import.meta.url).pathname, folder])
  const pdf = new Uint8Array(readFileSync(join(folder, 'completed.pdf')))
  const certificates = [certificate, pki.root]
  const here = await completeSeal({ prepared, signature, algorithm, certificate, certificates })
  t.deepEqual(pdf, here.pdf)
  t.deepEqual(faultsOf({ pdf }), [])
})

test('what was kept and altered since is refused, or is another thing to sign', async (t) => {
  const { certificate, algorithm } = unit
  const prepared = prepareSeal(request(certificate, algorithm, await pdfLibBase(false)))
  const kept = storeSeal({ prepared, certificate, algorithm })
  t.deepEqual(restoreSeal(kept).prepared.attributes, prepared.attributes)
  const json = JSON.parse(new TextDecoder().decode(kept)) as Record<string, unknown>
  const changed = (change: Record<string, unknown>): Uint8Array =>
    new TextEncoder().encode(JSON.stringify({ ...json, ...change }))
  const withPdf = (from: string, to: string): Uint8Array => {
    const pdf = latin1Bytes(latin1(prepared.pdf).replace(from, to))
    return changed({ pdf: Buffer.from(pdf).toString('base64') })
  }
  const refused: readonly (readonly [string, Uint8Array])[] = [
    ['another version', changed({ v: 2 })],
    ['a key more', changed({ more: 1 })],
    ['a suite that is none', changed({ algorithm: 'rsa-md5' })],
    ['a gap elsewhere', changed({ contentsAt: prepared.contentsAt - 1 })],
    ['a gap that is longer', changed({ contentsBytes: prepared.contentsBytes + 1 })],
    ['a gap that is filled', withPdf('<0000', '<0001')],
    ['a certificate that is none', changed({ certificate: 'MAA=' })],
    ['no JSON', kept.subarray(1)],
  ]
  for (const [what, bytes] of refused) {
    t.throws(() => restoreSeal(bytes), { code: 'SIGN_REQUEST_MALFORMED' }, what)
  }
  t.throws(() => restoreSeal(changed({ pdf: 'MAA=' })), { code: 'PDF_MALFORMED' })
  // Another page: nothing that the unit signed fits it.
  const other = restoreSeal(withPdf('842', '843'))
  t.notDeepEqual(other.prepared.digest, prepared.digest)
})
