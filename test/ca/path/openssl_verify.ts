/** Asks the real `openssl verify` the question that `validatePath` is asked. */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { toPem } from '../../../ca/path/index.ts'

const run = promisify(execFile)

export interface OpensslQuestion {
  readonly root: Uint8Array
  readonly between: readonly Uint8Array[]
  readonly target: Uint8Array
  readonly crls: readonly Uint8Array[]
  readonly at: Date
  /** Further options, `-crl_check_all` and policies. */
  readonly options: readonly string[]
}

export interface OpensslVerdict {
  readonly valid: boolean
  /** What it says of a refusal. */
  readonly said: string
}

/** A folder of its own to ask from; `remove` afterwards. */
export function createOpenssl() {
  const folder = mkdtempSync(join(tmpdir(), 'sealbox-path-'))
  let asked = 0
  return {
    async verify(question: OpensslQuestion): Promise<OpensslVerdict> {
      const name = join(folder, String(++asked))
      const file = (suffix: string, label: string, pieces: readonly Uint8Array[]): string => {
        writeFileSync(`${name}.${suffix}`, pieces.map((piece) => toPem(label, piece)).join(''))
        return `${name}.${suffix}`
      }
      const { root, between, target, crls, at, options } = question
      const args = ['verify', '-attime', String(at.getTime() / 1000), ...options]
      args.push('-no-CApath', '-no-CAstore', '-CAfile', file('root', 'CERTIFICATE', [root]))
      if (between.length > 0) args.push('-untrusted', file('between', 'CERTIFICATE', between))
      if (crls.length > 0) args.push('-CRLfile', file('crls', 'X509 CRL', crls))
      args.push(file('target', 'CERTIFICATE', [target]))
      try {
        await run('openssl', args, { timeout: 240_000 })
        return { valid: true, said: '' }
      } catch (error) {
        const { stderr = '', code } = error as { stderr?: string; code?: unknown }
        // 1: could not read; 2: verified, and refused.
        if (code !== 1 && code !== 2) throw error
        return { valid: false, said: /error \d+[^\n]*/.exec(stderr)?.[0] ?? stderr }
      }
    },
    remove(): void {
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
