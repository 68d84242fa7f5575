/** Checkpoints: the bytes of the C2SP specifications, and openssl as the other side. */
import { execFileSync } from 'node:child_process'
import { createPrivateKey, sign } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { fromBase64, sha256, toBase64, utf8 } from '../../../ca/bytes.ts'
import {
  checkpointBody,
  ed25519PublicKey,
  maxCheckpointBytes,
  parseCheckpoint,
  signCheckpoint,
  verifyCheckpoint,
} from '../../../ca/journal/checkpoint.ts'
import type { Signer } from '../../../ca/signer.ts'
import { temporaryFolder } from './places.ts'

const origin = 'box.example/journal'
const head = { size: 42, rootHash: sha256(utf8('root')) }

/** A journal key and certificate made by openssl. */
async function opensslSigner(
  t: ExecutionContext,
): Promise<{ folder: string; signer: Signer; publicKey: Uint8Array }> {
  const folder = await temporaryFolder(t)
  const run = (...args: string[]): Buffer =>
    execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] })
  run(
    ...[
      'req',
      '-x509',
      '-newkey',
      'ed25519',
      '-nodes',
      '-keyout',
      'key.pem',
      '-subj',
      '/CN=journal',
    ],
    ...['-outform', 'DER', '-out', 'certificate.der'],
  )
  run('pkey', '-in', 'key.pem', '-pubout', '-outform', 'DER', '-out', 'public.der')
  const key = createPrivateKey(readFileSync(join(folder, 'key.pem')))
  const certificate = new Uint8Array(readFileSync(join(folder, 'certificate.der')))
  return {
    folder,
    publicKey: new Uint8Array(readFileSync(join(folder, 'public.der')).subarray(-32)),
    signer: {
      certificate,
      algorithm: 'ed25519',
      sign: (bytes) => Promise.resolve(new Uint8Array(sign(null, bytes, key))),
    },
  }
}

test('the example of the specification is read as it stands', (t) => {
  const text =
    'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n' +
    '— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n'
  const { origin: read, size, rootHash, signatures } = parseCheckpoint(text)
  t.is(read, 'example.com/behind-the-sofa')
  t.is(size, 20852163)
  t.is(toBase64(rootHash), 'CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=')
  t.deepEqual([...(signatures[0]?.keyId ?? [])], [3, 61, 224, 174])
  t.is(signatures[0]?.signature.length, 64)
})

test('a signed head verifies, here and by openssl alone', async (t) => {
  const { folder, signer, publicKey } = await opensslSigner(t)
  const text = await signCheckpoint(head, { origin, signer })
  t.deepEqual(await verifyCheckpoint(text, { origin, publicKey }), head)
  t.deepEqual(ed25519PublicKey(signer.certificate), publicKey)
  const [body = '', line = ''] = text.split('\n\n')
  t.is(`${body}\n`, checkpointBody(origin, head))
  writeFileSync(join(folder, 'body'), `${body}\n`)
  const signed = fromBase64(line.trim().split(' ')[2] ?? '')
  writeFileSync(join(folder, 'signature'), signed.subarray(4))
  t.notThrows(() =>
    execFileSync(
      'openssl',
      [
        ...['pkeyutl', '-verify', '-pubin', '-inkey', 'public.der', '-keyform', 'DER', '-rawin'],
        ...['-in', 'body', '-sigfile', 'signature'],
      ],
      { cwd: folder, stdio: 'ignore' },
    ),
  )
})

test('another head, origin, key or signature is not accepted; signatures of strangers are ignored', async (t) => {
  const { signer, publicKey } = await opensslSigner(t)
  const other = await opensslSigner(t)
  const text = await signCheckpoint(head, { origin, signer })
  const trusted = { origin, publicKey }
  const stranger = await signCheckpoint(head, { origin, signer: other.signer })
  const strangerLine = stranger.split('\n\n')[1] ?? ''
  const [body = '', line = ''] = text.split('\n\n')
  const signed = fromBase64(line.trim().split(' ')[2] ?? '')
  signed[10] = (signed[10] ?? 0) ^ 1
  const brokenLine = `— ${origin} ${toBase64(signed)}\n`
  const refused = [
    text.replace('\n42\n', '\n43\n'),
    text.replaceAll(origin, 'box.example/other'),
    stranger,
    `${body}\n\n${brokenLine}`,
    text.replace('—', '-'),
    `${text}${brokenLine}`,
    '',
  ]
  for (const one of refused) t.is(await verifyCheckpoint(one, trusted), undefined, one)
  t.is(await verifyCheckpoint(text, { origin, publicKey: other.publicKey }), undefined)
  t.is(await verifyCheckpoint(text, { origin: 'box.example/other', publicKey }), undefined)
  t.deepEqual(await verifyCheckpoint(`${text}${strangerLine}`, trusted), head)
})

test('what is no checkpoint is CHECKPOINT_MALFORMED', (t) => {
  const line = `— ${origin} ${toBase64(new Uint8Array(68))}\n`
  const body = checkpointBody(origin, head)
  t.is(parseCheckpoint(`${body}\n${line}`).size, 42)
  const malformed = [
    '',
    body,
    `${body}\n`,
    `${body}${line}`,
    `${body}\n${line.trimEnd()}`,
    `\n${body.slice(body.indexOf('\n') + 1)}\n${line}`,
    `${body.replace('42', '042')}\n${line}`,
    `${body.replace('42', '-1')}\n${line}`,
    `${body.replace('42', '9007199254740993')}\n${line}`,
    `${body.replace('=', '')}\n${line}`,
    `${body}\u0007\n\n${line}`,
    `${body}\n${line.replace('—', '--')}`,
    `${body}\n— ${origin} AAAA\n`,
    `${body}\n— ${origin}\n`,
    `${body}\n— a+b ${toBase64(new Uint8Array(68))}\n`,
    `${body}\n${line.repeat(33)}`,
    `${'x'.repeat(maxCheckpointBytes)}\n${body}\n${line}`,
  ]
  for (const text of malformed) {
    t.throws(() => parseCheckpoint(text), { code: 'CHECKPOINT_MALFORMED' }, text.slice(0, 200))
  }
})

test('an origin that is no key name, or a key of another kind, is not signed with', async (t) => {
  const { signer } = await opensslSigner(t)
  for (const bad of ['', 'a b', 'a+b', 'a\nb']) {
    await t.throwsAsync(signCheckpoint(head, { origin: bad, signer }), {
      code: 'CHECKPOINT_MALFORMED',
    })
  }
  const ecdsa = { ...signer, algorithm: 'ecdsa-p256-sha256' as const }
  await t.throwsAsync(signCheckpoint(head, { origin, signer: ecdsa }), {
    code: 'CHECKPOINT_MALFORMED',
  })
})
