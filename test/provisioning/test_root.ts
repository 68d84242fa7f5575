/** What the tests of this room share: certificates made by openssl in a temporary folder. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeRequest } from '../../provisioning/kit/index.ts'
import type { UnitKey } from '../../provisioning/kit/index.ts'

/** A temporary folder that is gone when the process ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sealbox-kit-'))
  process.on('exit', () => {
    rmSync(folder, { recursive: true, force: true })
  })
  return folder
}

const folder = temporaryFolder()
const root = join(folder, 'root')
let made = 0

/** DER of the test root, an openssl one of its own. */
export function rootCertificate(): Uint8Array {
  makeRoot()
  return readFileSync(`${root}.der`)
}

/** A certificate for the key, issued by the test root from the kit's own request. */
export async function makeCertificate(key: UnitKey, commonName = 'test'): Promise<Uint8Array> {
  makeRoot()
  made += 1
  const file = join(folder, String(made))
  writeFileSync(`${file}.req`, await makeRequest({ key, commonName }))
  const issue = `x509 -req -inform der -in ${file}.req -CA ${root}.pem -CAkey ${root}.key -set_serial ${String(made)} -days 30`
  execFileSync('openssl', [...issue.split(' '), '-outform', 'der', '-out', `${file}.der`], {
    stdio: 'pipe',
  })
  return new Uint8Array(readFileSync(`${file}.der`))
}

/** Key and certificate, PEM, of a TLS server of that name, issued by the test root. */
export function serverIdentity(host: string): { readonly key: string; readonly cert: string } {
  makeRoot()
  const [key, cert] = [join(folder, `${host}.key`), join(folder, `${host}.pem`)]
  const request = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ${key} -out ${cert} -subj /CN=${host} -days 30`
  const issuer = `-CA ${root}.pem -CAkey ${root}.key -addext subjectAltName=DNS:${host} -addext basicConstraints=CA:FALSE`
  execFileSync('openssl', [...request.split(' '), ...issuer.split(' ')], { stdio: 'pipe' })
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
}

let rootMade = false
function makeRoot(): void {
  if (rootMade) return
  rootMade = true
  const request = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ${root}.key -out ${root}.pem -subj /CN=Root -days 30`
  execFileSync('openssl', request.split(' '), { stdio: 'pipe' })
  execFileSync('openssl', ['x509', '-in', `${root}.pem`, '-outform', 'der', '-out', `${root}.der`])
}
