/**
 * A trial district in a temporary folder, with the real journal and a clock that tests move: what the tests of the trust services
 * stand on. Not a test itself.
 */
import { execFile } from 'node:child_process'
import { createHash, generateKeyPairSync } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Level } from 'level'
import {
  boxActor,
  caFolds,
  createAuthority,
  createKeyFolder,
  createTimeStampAuthority,
  createTokenRecorder,
  createTrialDistrict,
  openJournal,
  openJournalFiles,
  urlsBelow,
  toHex,
  type Authority,
  type AuthorityKey,
  type AuthorityOptions,
  type Clock,
  type DistrictCertificates,
  type JournalFiles,
  type OpenedJournal,
  type ProvenPublicKey,
  type Random,
  type SignatureAlgorithm,
  type TimeStampAuthority,
  type TimeStampAuthorityOptions,
} from '../../../ca/index.ts'

export interface TestClock extends Clock {
  at: Date
}

export interface TestDistrict {
  readonly directory: string
  readonly clock: TestClock
  readonly random: Random
  readonly journal: OpenedJournal
  readonly authority: Authority
  readonly timeStamps: TimeStampAuthority
  readonly stampOptions: TimeStampAuthorityOptions
  readonly certificates: DistrictCertificates
  readonly authorityOptions: AuthorityOptions
  /** What holds the journal, for `rebuildViews`. */
  readonly storage: Pick<Parameters<typeof openJournal>[0], 'files' | 'store'>
  /** All keys and values of the store of views, in hexadecimal. */
  dump(): Promise<string[]>
  /** A second authority over the same journal, as after a restart. */
  reopened(): Authority
  /** Writes bytes, or PEM of certificates, into the folder and gives the path. */
  file(name: string, contents: Uint8Array | string): Promise<string>
  close(): Promise<void>
}

/** Seeded bytes: SHA-256 of seed and counter. */
export function seededRandom(seed: string): Random {
  let counter = 0
  return (length) => {
    const blocks: Buffer[] = []
    for (let have = 0; have < length; have += 32) {
      blocks.push(
        createHash('sha256')
          .update(`${seed} ${String(counter++)}`)
          .digest(),
      )
    }
    return new Uint8Array(Buffer.concat(blocks).subarray(0, length))
  }
}

/** Opens a district whose clock starts at the machine's time, since real tools judge by that. */
export async function openDistrict(
  options: {
    algorithm?: Exclude<SignatureAlgorithm, 'ed25519'>
    origin?: string
    at?: Date
    /** Seeded by default. */
    random?: Random
  } = {},
): Promise<TestDistrict> {
  const {
    algorithm = 'ecdsa-p256-sha256',
    origin = 'http://127.0.0.1:8080',
    at = new Date(),
  } = options
  const directory = await mkdtemp(join(tmpdir(), 'sealbox-ca-'))
  const clock: TestClock = { at, now: () => clock.at, timeSource: 'host', state: 'confirmed' }
  const { random = seededRandom('district') } = options
  const urls = urlsBelow(origin)
  const keys = createKeyFolder({
    directory: join(directory, 'keys'),
    passphrase: 'correct horse',
    secretStrength: 'random',
    random,
  })
  const { certificates, entries } = await createTrialDistrict({
    keys,
    clock,
    random,
    districtName: '测试区',
    hostNames: ['localhost', '127.0.0.1', '::1', 'box.district'],
    urls,
    algorithm,
  })
  const { files, store, journal } = await openTestJournal(directory, clock, random)
  await journal.commit({ entries })
  const authorities: AuthorityKey[] = [
    {
      key: 'root',
      role: 'root',
      generation: 1,
      certificate: certificates.root,
      signer: await keys.open('root', certificates.root),
    },
    {
      key: 'issuing',
      role: 'issuing',
      generation: 1,
      certificate: certificates.issuing,
      signer: await keys.open('issuing', certificates.issuing),
      ocsp: await keys.open('ocsp', certificates.ocsp),
    },
  ]
  const authorityOptions = { journal, authorities, clock, random, urls }
  const stampKey = {
    signer: await keys.open('timestamping', certificates.timestamping),
    certificates: [certificates.timestamping, certificates.issuing],
  }
  const stampOptions = {
    ...{ key: () => stampKey, clock, random },
    record: createTokenRecorder({ journal, actor: boxActor }),
  }
  const reopened = (): Authority => createAuthority(authorityOptions)
  return {
    directory,
    clock,
    random,
    journal,
    certificates,
    authorityOptions,
    storage: { files, store },
    async dump() {
      const records: string[] = []
      for await (const [key, value] of store.iterator()) records.push(`${key} ${toHex(value)}`)
      return records
    },
    reopened,
    authority: reopened(),
    timeStamps: createTimeStampAuthority(stampOptions),
    stampOptions,
    async file(name, contents) {
      const path = join(directory, name)
      await writeFile(path, contents)
      return path
    },
    async close() {
      await journal.close()
      await files.close()
      await store.close()
      await rm(directory, { recursive: true })
    },
  }
}

async function openTestJournal(
  directory: string,
  clock: Clock,
  random: Random,
): Promise<
  Pick<TestDistrict, 'journal'> & { files: JournalFiles; store: Level<string, Uint8Array> }
> {
  await mkdir(join(directory, 'journal'))
  const store = new Level<string, Uint8Array>(join(directory, 'views'), { valueEncoding: 'view' })
  await store.open()
  const files = openJournalFiles(join(directory, 'journal'))
  const journal = await openJournal({
    files,
    store: store,
    folds: caFolds,
    foldsVersion: 1,
    clock,
    random,
  })
  return { files, store, journal }
}

/** PEM of certificates, CRLs or others. */
export function pem(label: string, ...contents: readonly Uint8Array[]): string {
  return contents
    .map((bytes) => {
      const lines =
        Buffer.from(bytes)
          .toString('base64')
          .match(/.{1,64}/g) ?? []
      return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
    })
    .join('')
}

/** A fresh P-256 public key, as if its holder had proven it. */
export function freshKey(): ProvenPublicKey {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return new Uint8Array(publicKey.export({ format: 'der', type: 'spki' })) as ProvenPublicKey
}

/** Issues a certificate of a seat to log in, for tests that need any. */
export function issueSeat(authority: Authority, name = '张三'): Promise<Uint8Array> {
  return authority.issue({
    profile: 'seat-client',
    subject: { organization: '测试单位', commonName: name },
    publicKey: freshKey(),
    holder: `seat:${name}`,
    actor: boxActor,
  })
}

export interface ToolResult {
  readonly status: number
  /** Both streams, one after the other. */
  readonly output: string
}

/** Runs a real tool; never throws for its exit status. */
export function tool(command: string, ...args: readonly string[]): Promise<ToolResult> {
  return new Promise((resolve) => {
    execFile(command, args, { encoding: 'utf8' }, (error, stdout, stderr) => {
      const status = error ? (typeof error.code === 'number' ? error.code : 1) : 0
      resolve({ status, output: `${stdout}\n${stderr}` })
    })
  })
}
