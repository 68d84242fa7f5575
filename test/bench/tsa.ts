/**
 * Time-stamps a second over HTTP keep-alive of a real box that journals each of them, against a bare Koa handler that answers as
 * many bytes (same process, same run, turn about), and against `openssl ts -reply` run as a process a token.
 */
import { execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { asking, postOf } from './asking.ts'
import { figure, median, turnAbout, type Figure } from './figure.ts'
import * as der from '../../ca/der/write.ts'
import { oids } from '../../ca/oids.ts'

const rounds = 6
const opensslRounds = 5
const opensslTimes = 20

const request = (): Buffer => postOf('/tsa', 'application/timestamp-query', timeStampRequest())

/** Runs the bench: two figures, in requests a second. */
export async function tsa(): Promise<Figure[]> {
  const child = fork(new URL('tsa_server.ts', import.meta.url))
  const [ports] = (await once(child, 'message')) as [{ tsa: number; bare: number }]
  const [ours, theirs] = await Promise.all([
    asking(ports.tsa, request),
    asking(ports.bare, request),
  ])
  const { value, reached } = await turnAbout({ rounds, ours: ours.ask, theirs: theirs.ask })
  for (const { end } of [ours, theirs]) end()
  child.disconnect()
  return [
    figure('tsa', value, 'requests/s', reached),
    figure('tsa, against openssl ts -reply', value, 'tokens/s', opensslPerSecond()),
  ]
}

function timeStampRequest(): Uint8Array {
  return der.sequence(
    der.integer(1),
    der.sequence(
      der.sequence(der.objectIdentifier(oids.sha256), der.nullValue),
      der.octetString(randomBytes(32)),
    ),
    der.integer(randomBytes(8)),
    der.booleanTrue,
  )
}

/** Tokens a second of OpenSSL's own time-stamping authority, a process each, P-256 as ours. */
function opensslPerSecond(): number {
  const folder = mkdtempSync(join(tmpdir(), 'sealbox-bench-'))
  try {
    const run = (...args: readonly string[]): void => {
      execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' })
    }
    writeFileSync(join(folder, 'tsa.cnf'), opensslConfiguration)
    run(
      ...['req', '-new', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
      ...['-config', 'tsa.cnf', '-subj', '/CN=bench', '-keyout', 'tsa.key', '-out', 'tsa.pem'],
    )
    writeFileSync(join(folder, 'serial'), '01\n')
    writeFileSync(join(folder, 'request.tsq'), timeStampRequest())
    const reply = ['ts', '-reply', '-config', 'tsa.cnf', '-queryfile', 'request.tsq']
    run(...reply, '-out', 'reply.tsr')
    if (readFileSync(join(folder, 'reply.tsr')).length < 500) throw new Error('no token')
    const speeds = Array.from({ length: opensslRounds }, () => {
      const start = performance.now()
      for (let time = 0; time < opensslTimes; time++) run(...reply, '-out', 'reply.tsr')
      return (opensslTimes * 1000) / (performance.now() - start)
    })
    return median(speeds)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const opensslConfiguration = `
[req]
distinguished_name = dn
x509_extensions = tsa_cert
[dn]
[tsa_cert]
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[tsa]
default_tsa = tsa1
[tsa1]
serial = serial
crypto_device = builtin
signer_cert = tsa.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
tsa_name = yes
`
