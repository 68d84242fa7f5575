/**
 * The TPM by tpm2-tools: seals the disk's key to policy and Secure Boot state, keeps the counter of committed versions. Each method is a
 * handful of steps that can be repeated by hand (docs/formats/data-partition.md). Not the policy itself: `policy_digests.ts`.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { policyPurpose, signedOctets, type BootPolicy } from './boot_policy.ts'
import { DiskError } from './errors.ts'
import {
  counterAttributes,
  counterBytes,
  counterIndex,
  storageKeyHandle,
} from './policy_digests.ts'
import type { SealedKey } from './sealed_key.ts'
import { runTool } from './tools.ts'
import { counterOctets } from './version_number.ts'

/** What guards the TPM itself: 32 printable characters each, kept on the opened partition only. */
export interface TpmAuthorisations {
  readonly owner: string
  readonly lockout: string
}

export interface TpmState {
  readonly isOwned: boolean
  /** Too many wrong PINs: it waits. */
  readonly isLockedOut: boolean
}

export interface Tpm {
  state(): Promise<TpmState>
  /** A register of the SHA-256 bank, 32 octets. Throws `DISK_TOOL_FAILED` where there is no such bank. */
  readPcr(pcr: number): Promise<Uint8Array>
  /** The number of the highest committed version; undefined where this TPM never kept one. */
  readCounter(): Promise<bigint | undefined>
  /** Makes storage key and counter, in place of what an interrupted first boot left. Only while nobody owns the TPM. */
  prepare(versionNumber: bigint): Promise<void>
  seal(
    secret: Uint8Array,
    under: { policy: BootPolicy; pin?: string | undefined },
  ): Promise<SealedKey>
  /** The sealed secret. Throws `DISK_TOOL_FAILED`; the step that refused stands in `details.step`. */
  unseal(
    sealed: SealedKey,
    by: { policy: BootPolicy; pin?: string | undefined },
  ): Promise<Uint8Array>
  /** Sets both authorisations: from now on only who has the opened partition can take the counter away. */
  takeOwnership(authorisations: TpmAuthorisations): Promise<void>
  /** Raises the counter; never lowers it. */
  raiseCounter(versionNumber: bigint, owner: string): Promise<void>
  /** Until the next start nothing is unsealed any more. */
  closeUntilRestart(): Promise<void>
  /** Makes everything that was ever sealed by this TPM unreadable (TPM2_Clear). */
  clear(lockout: string): Promise<void>
}

const storageKey = `0x${storageKeyHandle.toString(16)}`
const counter = `0x${counterIndex.toString(16)}`
const storageKeyAttributes =
  'fixedtpm|fixedparent|sensitivedataorigin|userwithauth|noda|restricted|decrypt'

/** Wrong PINs before the TPM waits, and how long for one more: an hour's guessing is six. */
const guessing = { tries: '10', secondsForOneMore: '600', secondsAfterLockout: '86400' }

/**
 * Over the TPM behind `tcti` (as tpm2-tools name it). `folder`: private and on a memory file system, for the contexts that tpm2-tools
 * hand from one step to the next.
 */
export function createTpm({ tcti, folder }: { tcti: string; folder: string }): Tpm {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const tools = createTools(tcti, folder)
  return {
    ...createSealing(tools),
    ...createCounter(tools),
    async state() {
      const text = await tools.text('getcap', 'properties-variable')
      const has = (name: string): boolean => new RegExp(`${name}:\\s+1`).test(text)
      const isOwned = has('ownerAuthSet') || has('lockoutAuthSet')
      return { isOwned, isLockedOut: has('inLockout') }
    },
    async readPcr(pcr) {
      const path = tools.path('pcr')
      await tools.step('pcrread', `sha256:${String(pcr)}`, '-o', path)
      const value = new Uint8Array(readFileSync(path))
      if (value.length === 32) return value
      throw new DiskError('DISK_TOOL_FAILED', 'the TPM has no SHA-256 bank')
    },
    async takeOwnership({ owner, lockout }) {
      const [ownerFile, lockoutFile] = [tools.file('owner', owner), tools.file('lockout', lockout)]
      const { tries, secondsForOneMore, secondsAfterLockout } = guessing
      const limits = ['-n', tries, '-t', secondsForOneMore, '-l', secondsAfterLockout]
      await tools.step('dictionarylockout', '-s', ...limits)
      await tools.step('changeauth', '-c', 'lockout', `file:${lockoutFile}`)
      // Last: what is owned was also given its limits. A cut before is made good at the next start.
      await tools.step('changeauth', '-c', 'owner', `file:${ownerFile}`)
    },
    async closeUntilRestart() {
      const digest = createHash('sha256').update('sealbox: data partition opened').digest('hex')
      await tools.step('pcrextend', `11:sha256=${digest}`)
    },
    async clear(lockout) {
      await tools.step('clear', '-c', 'l', `file:${tools.file('lockout', lockout)}`)
    },
  }
}

interface Tools {
  readonly path: (name: string) => string
  /** Writes a file for a step, and says where. */
  readonly file: (name: string, content: string | Uint8Array) => string
  readonly step: (...args: readonly string[]) => Promise<void>
  readonly feed: (input: Uint8Array, ...args: readonly string[]) => Promise<void>
  readonly bytes: (...args: readonly string[]) => Promise<Uint8Array>
  readonly text: (...args: readonly string[]) => Promise<string>
}

/** Steps that leave an object in the TPM. */
const loading = ['createprimary', 'create', 'load', 'loadexternal', 'verifysignature', 'unseal']

function createTools(tcti: string, folder: string): Tools {
  // The kernel's resource manager forgets what a process loaded when it ends; a bare TPM has to be told.
  const isManaged = tcti.startsWith('device:/dev/tpmrm')
  const env = { TPM2TOOLS_TCTI: tcti }
  const path = (name: string): string => join(folder, name)
  const run = async (args: readonly string[], input?: Uint8Array): Promise<Uint8Array> => {
    try {
      const { stdout } = await runTool('tpm2', args, { input, env })
      return stdout
    } catch (error) {
      if (!(error instanceof DiskError)) throw error
      const details = { ...error.details, step: args[0] }
      throw new DiskError('DISK_TOOL_FAILED', error.message, { details, cause: error })
    } finally {
      if (!isManaged && loading.includes(args[0] ?? ''))
        await runTool('tpm2', ['flushcontext', '-t'], { env })
    }
  }
  return {
    path,
    file(name, content) {
      writeFileSync(path(name), content, { mode: 0o600 })
      return path(name)
    },
    async step(...args) {
      await run(args)
    },
    async feed(input, ...args) {
      await run(args, input)
    },
    bytes: (...args) => run(args),
    text: async (...args) => new TextDecoder().decode(await run(args)),
  }
}

function createSealing(tools: Tools): Pick<Tpm, 'seal' | 'unseal'> {
  const { path, step } = tools
  /** Loads the owner's public key; its Name, hexadecimal. The attributes are part of the Name, so they are said. */
  const loadPolicyKey = async ({ publicKey }: BootPolicy): Promise<string> => {
    const pem = tools.file('policy.pem', publicKey)
    const attributes = ['-C', 'o', '-G', 'rsa', '-a', 'sign|userwithauth']
    const out = ['-c', path('policy.ctx'), '-n', path('policy.name')]
    await step('loadexternal', ...attributes, '-u', pem, ...out, '-Q')
    return readFileSync(path('policy.name')).toString('hex')
  }
  /** The policy that is the box's own, after the owner's part: Secure Boot state, and the PIN. */
  const finish = async (session: string, hasPin: boolean): Promise<void> => {
    await step('policypcr', '-S', session, '-l', 'sha256:7', '-L', path('seal.policy'), '-Q')
    if (hasPin) await step('policyauthvalue', '-S', session, '-L', path('seal.policy'), '-Q')
  }
  return {
    async seal(secret, { policy, pin }) {
      const policyKey = await loadPolicyKey(policy)
      const session = path('trial.ctx')
      const authorised = ['-i', tools.file('approved', policy.approved)]
      const purpose = ['-q', tools.file('purpose', policyPurpose), '-n', path('policy.name')]
      await step('startauthsession', '-S', session)
      await step('policyauthorize', '-S', session, ...authorised, ...purpose, '-Q')
      await finish(session, pin !== undefined)
      await step('flushcontext', session)
      const auth = pin === undefined ? [] : ['-p', `file:${tools.file('pin', authValueOf(pin))}`]
      const areas = ['-u', path('seal.public'), '-r', path('seal.private'), '-Q']
      const object = ['-C', storageKey, '-L', path('seal.policy'), '-i', '-', ...auth]
      await tools.feed(secret, 'create', ...object, ...areas)
      const pcr7 = path('pcr7')
      await step('pcrread', 'sha256:7', '-o', pcr7)
      return {
        public: new Uint8Array(readFileSync(path('seal.public'))),
        private: new Uint8Array(readFileSync(path('seal.private'))),
        ...{ policyKey, pcr7: readFileSync(pcr7).toString('hex'), pin: pin !== undefined },
      }
    },
    async unseal(sealed, { policy, pin }) {
      await loadPolicyKey(policy)
      const [session, ticket] = [path('policy.session'), path('ticket')]
      const message = tools.file('signed', signedOctets(policy.approved))
      const signature = ['-f', 'rsassa', '-s', tools.file('signature', policy.signature)]
      const verified = ['-c', path('policy.ctx'), '-g', 'sha256', '-m', message, '-t', ticket]
      await step('verifysignature', ...verified, ...signature)
      // Salted by the storage key, so that who listens on the bus does not hear the secret.
      await step(
        'startauthsession',
        '--policy-session',
        '-S',
        session,
        '--tpmkey-context',
        storageKey,
      )
      try {
        await step('sessionconfig', session, '--enable-encrypt')
        await step('policypcr', '-S', session, '-l', 'sha256:11', '-Q')
        const most = tools.file('most', counterOctets(policy.versionNumber))
        await step('policynv', '-S', session, '-i', most, counter, 'ule', '-Q')
        const authorised = ['-i', tools.file('approved', policy.approved), '-t', ticket]
        const purpose = ['-q', tools.file('purpose', policyPurpose), '-n', path('policy.name')]
        await step('policyauthorize', '-S', session, ...authorised, ...purpose, '-Q')
        await finish(session, sealed.pin)
        const areas = ['-u', tools.file('seal.public', sealed.public)]
        areas.push('-r', tools.file('seal.private', sealed.private), '-c', path('seal.ctx'))
        await step('load', '-C', storageKey, ...areas, '-Q')
        // The session's syntax takes no file. Who could read it here has the PIN's digest of a box that he is root on.
        const auth = `session:${session}${sealed.pin ? `+${authValueOf(pin ?? '')}` : ''}`
        return await tools.bytes('unseal', '-c', path('seal.ctx'), '-p', auth)
      } finally {
        await step('flushcontext', session)
      }
    },
  }
}

function createCounter(tools: Tools): Pick<Tpm, 'readCounter' | 'prepare' | 'raiseCounter'> {
  const { path, step } = tools
  const listed = async (kind: string, handle: string): Promise<boolean> =>
    (await tools.text('getcap', kind)).toLowerCase().includes(handle)
  const readCounter = async (): Promise<bigint | undefined> => {
    if (!(await listed('handles-nv-index', counter))) return undefined
    const octets = await tools.bytes('nvread', counter, '-s', String(counterBytes))
    if (octets.length !== counterBytes) return undefined
    return Buffer.from(octets).readBigUInt64BE()
  }
  return {
    readCounter,
    async prepare(versionNumber) {
      if (await listed('handles-nv-index', counter)) await step('nvundefine', counter, '-C', 'o')
      if (await listed('handles-persistent', storageKey)) {
        await step('evictcontrol', '-C', 'o', '-c', storageKey, '-Q')
      }
      const algorithm = ['-g', 'sha256', '-G', 'ecc256:null:aes128cfb', '-a', storageKeyAttributes]
      await step('createprimary', '-C', 'o', ...algorithm, '-c', path('primary.ctx'), '-Q')
      await step('evictcontrol', '-C', 'o', '-c', path('primary.ctx'), storageKey, '-Q')
      const attributes = ['-C', 'o', '-s', String(counterBytes), '-a', counterAttributes]
      await step('nvdefine', counter, ...attributes, '-Q')
      const value = tools.file('counter', counterOctets(versionNumber))
      await step('nvwrite', counter, '-C', 'o', '-i', value)
    },
    async raiseCounter(versionNumber, owner) {
      const old = await readCounter()
      if (old === undefined || old >= versionNumber) return
      const value = tools.file('counter', counterOctets(versionNumber))
      const auth = ['-C', 'o', '-P', `file:${tools.file('owner', owner)}`]
      await step('nvwrite', counter, ...auth, '-i', value)
    },
  }
}

/** A PIN as the TPM compares it: 32 printable characters of its digest, whatever the PIN's length and script. */
function authValueOf(pin: string): string {
  const digest = createHash('sha256').update('sealbox-pin/1\0').update(pin.normalize('NFC'))
  return digest.digest('base64url').slice(0, 32)
}
