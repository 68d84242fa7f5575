/** Somebody else's certificates, for those who are told of alarms; and a port for them. */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import { newFolder } from '../places.ts'

export interface Authority {
  readonly folder: string
  readonly ca: string
}

/** A certificate authority of somebody else, and a server certificate of it, by openssl. */
export async function authority(
  t: ExecutionContext,
  name = 'collector.example',
): Promise<Authority> {
  const folder = await newFolder()
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const openssl = (...args: readonly string[]): void => {
    execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
  }
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  openssl(
    'req',
    '-x509',
    ...key,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-days',
    '2',
    '-subj',
    '/CN=CA',
  )
  openssl('req', ...key, '-keyout', 'server.key', '-out', 'server.csr', '-subj', `/CN=${name}`)
  writeFileSync(join(folder, 'ext'), `subjectAltName=DNS:${name}\n`)
  const by = [
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca.key',
    '-CAcreateserial',
    '-extfile',
    'ext',
    '-days',
    '2',
  ]
  openssl('x509', '-req', '-in', 'server.csr', ...by, '-out', 'server.pem')
  return { folder, ca: readFileSync(join(folder, 'ca.pem'), 'utf8') }
}
