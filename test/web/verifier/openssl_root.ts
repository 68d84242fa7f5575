/** Self-signed roots of openssl's, all of one name: what an attacker makes in a minute. */
import { execFileSync } from 'node:child_process'

/** DER; another key each time. */
export function opensslRoot(commonName = '示范区 根证书'): Uint8Array {
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  const about = ['-subj', `/CN=${commonName}`, '-utf8', '-days', '30', '-outform', 'DER']
  const made = execFileSync('openssl', [...request, ...about, '-keyout', '/dev/null'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return new Uint8Array(made)
}
