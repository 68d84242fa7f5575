/** The daily statement: signed once a day, verified by our verifier and by openssl's parts, chained; nobody else can make one. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import {
  assembleSignedData,
  boxActor,
  canonicalJson,
  sha256Hex,
  signedAttributes,
  type Signer,
} from '../../../ca/index.ts'
import { verifyFile } from '../../../exchange/verify/index.ts'
import { newFolder } from '../places.ts'
import { openTestBox, type TestBox } from '../../web/box_fixture.ts'

let box: TestBox
test.before(async () => {
  box = await openTestBox()
})
test.after.always(() => box.close())

interface Files {
  readonly day: string
  readonly statement: Uint8Array
  readonly signature: Uint8Array
}

async function newest(): Promise<Files> {
  const { stated } = box.parts
  const [first] = await stated.list(1)
  const day = first?.day ?? ''
  const [statement, signature] = await Promise.all([
    stated.file(day, 'statement'),
    stated.file(day, 'signature'),
  ])
  return {
    day,
    statement: statement ?? new Uint8Array(),
    signature: signature ?? new Uint8Array(),
  }
}

const verified = (bytes: Uint8Array, signature: Uint8Array) =>
  verifyFile({
    ...{ name: 'day.state.json', bytes, trust: [box.root], at: new Date() },
    companions: { signature },
  })

test.serial('a day is stated once; it names the head and the statement before', async (t) => {
  // The statement of another day.
  const previous = sha256Hex(new TextEncoder().encode('before'))
  const data = { day: '2000-01-01', at: '2000-01-01T00:00:00.000Z', state: 'ok' }
  const files = { statement: previous, signature: previous }
  const before = { type: 'state.stated', actor: boxActor, subject: 'box' }
  await box.parts.journal.commit({ entries: [{ ...before, data: { ...data, ...files } }] })
  t.true(await box.box.state())
  t.false(await box.box.state())
  const { day, statement } = await newest()
  const said = JSON.parse(new TextDecoder().decode(statement)) as Record<string, unknown>
  t.deepEqual(canonicalJson(said), statement)
  t.like(said, { type: 'sealbox.state', v: 1, box: box.id, day, mode: 'trial', previous })
  const [, entry, ...others] = await box.entries(0, 'state.stated')
  t.is(entry?.data['statement'], sha256Hex(statement))
  t.deepEqual(others, [])
  t.deepEqual(
    (await box.parts.stated.list(5)).map((one) => one.day),
    [day, '2000-01-01'],
  )
  const { size, root } = said['head'] as { size: number; root: string }
  const head = await box.parts.journal.head(size)
  t.is(Buffer.from(head.rootHash).toString('base64'), root)
})

test.serial('it passes verification, and a flipped bit does not', async (t) => {
  const { statement, signature } = await newest()
  const report = await verified(statement, signature)
  t.is(report.verdict, 'TOTAL-PASSED')
  t.is(report.signatures[0]?.field, 'sealbox.state')
  const altered = statement.slice()
  altered[60] = (altered[60] ?? 0) ^ 1
  t.is((await verified(altered, signature)).verdict, 'TOTAL-FAILED')
})

/** Signed as the box signs, by a key of the caller's choice. */
async function signedBy(signer: Signer, content: Uint8Array): Promise<Uint8Array> {
  const { certificate, algorithm } = signer
  const digest = algorithm === 'ed25519' ? 'sha512' : 'sha256'
  const attributes = signedAttributes({
    certificate,
    digest: new Uint8Array(createHash(digest).update(content).digest()),
  })
  return assembleSignedData({
    ...{ certificate, algorithm, attributes, signature: await signer.sign(attributes) },
    certificates: [certificate, ...box.parts.authority.chain],
  })
}

test.serial(
  'an officer or a unit cannot state it, and the journal’s key cannot sign for a unit',
  async (t) => {
    const { statement } = await newest()
    for (const signer of [box.officer.signing.signer, box.units[0].keys.leaderSigning.signer]) {
      t.not((await verified(statement, await signedBy(signer, statement))).verdict, 'TOTAL-PASSED')
    }
    const receipt = canonicalJson({ type: 'sealbox.receipt', v: 1, at: new Date().toISOString() })
    const { journalSigner } = box.box.trust
    t.not((await verified(receipt, await signedBy(journalSigner, receipt))).verdict, 'TOTAL-PASSED')
  },
)

test.serial(
  'openssl verifies its parts: the signature over the attributes, and the digest of the file in them',
  async (t) => {
    const folder = await newFolder()
    t.teardown(() => {
      rmSync(folder, { recursive: true })
    })
    const { statement, signature } = await newest()
    writeFileSync(join(folder, 'state.json'), statement)
    writeFileSync(join(folder, 'state.p7s'), signature)
    writeFileSync(join(folder, 'journal.der'), box.parts.box.journalCertificate)
    const script = `
openssl asn1parse -inform DER -in state.p7s | sed 's/^ *//; s/= */=/g' | awk -F'[:= ]+' '
  $3 == 5 && /cont \\[ 0 \\]/ { attributes = $1 " " $5 + $7 }
  $3 == 5 && /OCTET STRING/ { signature = $1 + $5 " " $7 }
  END { print attributes; print signature }' > places
{ read -r at length
  { printf '\\061'; tail -c +$((at + 2)) state.p7s | head -c $((length - 1)); } > attributes
  read -r at length
  tail -c +$((at + 1)) state.p7s | head -c "$length" > signature; } < places
openssl x509 -inform DER -in journal.der -noout -pubkey > journal.pub
openssl pkeyutl -verify -pubin -inkey journal.pub -rawin -in attributes -sigfile signature
basenc --base16 -w0 attributes | grep -qi "$(sha512sum < state.json | cut -c1-128)" && echo of this file`
    const printed = execFileSync('bash', ['-ec', script], { cwd: folder, encoding: 'utf8' })
    t.is(printed, 'Signature Verified Successfully\nof this file\n')
  },
)

test.serial(
  'those who keep the box take the files, a seat does not, and no other name leads anywhere',
  async (t) => {
    const { day, statement, signature } = await newest()
    const administrator = await box.appoint('administrator-1', 'administrator')
    const auditor = await box.appoint('auditor-1', 'auditor')
    const [one] = box.units
    for (const as of [administrator.login, auditor.login, box.officer.login]) {
      const page = await box.request({ path: '/statements', as })
      t.is(page.status, 200)
      t.true(page.text.includes(`/statements/${day}.state.json.p7s`))
      const file = await box.request({ path: `/statements/${day}.state.json`, as })
      t.deepEqual(new Uint8Array(file.bytes), statement)
      const beside = await box.request({ path: `/statements/${day}.state.json.p7s`, as })
      t.deepEqual(new Uint8Array(beside.bytes), signature)
    }
    t.is((await box.request({ path: '/statements', as: one.keys.clerk })).status, 403)
    t.is(
      (await box.request({ path: `/statements/${day}.state.json`, as: one.keys.clerk })).status,
      403,
    )
    for (const name of ['2001-01-01.state.json', '..%2fbox.json', 'x', `${day}.state.json.x`]) {
      t.is(
        (await box.request({ path: `/statements/${name}`, as: auditor.login })).status,
        404,
        name,
      )
    }
  },
)
