/**
 * Compares the heads of the journal that signers saw (design 4): in receipts and other statements, in checkpoints and in bundles, with each other
 * and with an export of the journal. Two that cannot both be of one journal are a fork, and are named. Pure but for the ports.
 */
import {
  ed25519PublicKey,
  oids,
  parseCheckpoint,
  readCertificate,
  readOrExplain,
  sha256Hex,
  toBase64,
  validatePath,
  verifyCheckpoint,
  type Entry,
} from '../../../ca/path/index.ts'
import { restoredNumberSchema } from '../../order/acts.ts'
import { readContents, contentsName, type BundleContents } from '../bundle/contents.ts'
import { isZip, readZip } from '../bundle/zip.ts'
import { readCmsSignature } from '../cms/signature.ts'
import { requestsOf, type CommonRequest, type GivenFile } from '../files.ts'
import { finding } from '../findings.ts'
import { createJournalTree, type JournalTree } from './journal_tree.ts'
import { readStatement } from './read.ts'
import { readTrustFile } from '../trust_file.ts'
import type { FileReport, Finding, Report, VerifyRequest } from '../types.ts'
import { failed, indeterminate, passed, plainReport, worst } from '../verdict.ts'
import type { Witness } from './witness.ts'

/** What comparing heads gave. */
export interface HeadsReport {
  /** The box whose journal it is; null where there are no heads. */
  readonly box: string | null
  /** The journal that was given as a whole. */
  readonly journal?: { readonly size: number; readonly root: string }
  /** Heads that were given, and how many of them are proven to be of one journal. */
  readonly heads: number
  readonly agreed: number
  /** Sizes at which there is more than one root. */
  readonly forks: readonly HeadsFork[]
}

export interface HeadsFork {
  readonly size: number
  /** Each root (base64) with the files that name it. */
  readonly roots: readonly { readonly root: string; readonly files: readonly string[] }[]
}

/** What is known of statements' places in a journal and of who witnessed which head. */
export interface KnownHeads {
  /** Index of the entry of a statement, by the SHA-256 of its bytes. */
  readonly indexOf: ReadonlyMap<string, number>
  readonly witnesses: readonly Witness[]
  /** Heads that lie behind the end of the journal that was given: it was once longer. The largest first. */
  readonly beyond: readonly {
    readonly size: number
    readonly root: string
    readonly file: string
  }[]
  /** Numbers of documents that dispatches among the files name. */
  readonly numbers: readonly KnownNumber[]
}

/** A number that a unit is known to have drawn. */
export interface KnownNumber {
  readonly unit: string
  readonly series: string
  readonly year: number
  readonly number: number
}

/** A head that somebody vouches for. */
interface Claim {
  readonly box: string
  readonly size: number
  readonly root: string
  readonly file: string
  /** The statement it stands in. */
  readonly witness?: Omit<Witness, 'index'> & { readonly hash: string }
}

interface Gathered {
  readonly claims: Claim[]
  readonly bundles: { readonly file: string; readonly contents: BundleContents }[]
  readonly findings: Finding[]
  readonly numbers: { readonly box: string; readonly number: KnownNumber }[]
}

/**
 * Files that may hold heads (statements with their signatures, checkpoints with certificates, bundles), and the segments in order, read one by one.
 * What box a statement names its signer alone says: who knows whose journal it is names that, else it is the one that the first file names.
 */
export async function judgeHeads(
  files: readonly GivenFile[],
  common: CommonRequest,
  by: {
    readonly verify: (request: VerifyRequest) => Promise<Report>
    readonly segments: Iterable<GivenFile>
    readonly box?: string | undefined
  },
): Promise<{ readonly report: FileReport; readonly known: KnownHeads }> {
  const gathered = await gather(files, common, by.verify)
  const { claims, bundles } = gathered
  const places = new Map<string, number>()
  const about = new Map(bundles.map(({ contents }) => [contents.document, [] as number[]]))
  const tree = createJournalTree(new Set(claims.map(({ size }) => size)), (entry) => {
    for (const hash of entry.files) places.set(hash, places.get(hash) ?? entry.index)
    about.get(documentOf(entry))?.push(entry.index)
  })
  const findings = [...gathered.findings, ...readSegments(by.segments, tree)]
  const box = by.box ?? claims[0]?.box
  const compared = compare(claims, tree, box)
  findings.push(...compared.findings, ...omissions(bundles, about, tree.size))
  const hasFork = compared.forks.length > 0
  const judgement = worst([
    ...(hasFork || findings.some(({ code }) => code === 'BUNDLE_OMITS_ENTRY')
      ? [failed('HASH_FAILURE')]
      : []),
    ...findings.map(({ severity }) => (severity === 'error' ? indeterminate('TRY_LATER') : passed)),
    ...(findings.some(({ code }) => code === 'HEAD_NOT_COMPARED')
      ? [indeterminate('TRY_LATER')]
      : []),
  ])
  const heads: HeadsReport = {
    box: box ?? null,
    ...(tree.size > 0 && {
      journal: { size: tree.size, root: toBase64(tree.rootAt(tree.size) ?? new Uint8Array()) },
    }),
    heads: by.box === undefined ? claims.length : compared.own,
    agreed: compared.agreed.length,
    forks: compared.forks,
  }
  return {
    report: { ...plainReport('heads', judgement, findings), heads },
    known: {
      ...{ indexOf: places, witnesses: witnessesOf(compared.agreed, places) },
      beyond: beyond(claims, tree.size, box),
      numbers: gathered.numbers.filter((one) => one.box === box).map(({ number }) => number),
    },
  }
}

const documentOf = ({ subject }: Entry): string => subject.replace(/^document:/, '')

async function gather(
  files: readonly GivenFile[],
  common: CommonRequest,
  verify: (request: VerifyRequest) => Promise<Report>,
): Promise<Gathered> {
  const gathered: Gathered = { claims: [], bundles: [], findings: [], numbers: [] }
  const certificates = files.flatMap(({ name, bytes }) =>
    name.endsWith('.pem') ? certificatesIn(bytes) : [],
  )
  for (const request of requestsOf(files, common)) {
    const { name, bytes } = request
    if (isZip(bytes)) await fromBundle(request, verify, gathered)
    else if (name.endsWith('.json')) await fromStatement(request, verify, gathered)
    else if (isCheckpoint(bytes)) {
      await fromCheckpoint(request, certificates, gathered)
    }
  }
  return gathered
}

function certificatesIn(bytes: Uint8Array): readonly Uint8Array[] {
  const read = readOrExplain(() => readTrustFile(bytes))
  return 'message' in read ? [] : [...read.trust, ...(read.certificates ?? [])]
}

function isCheckpoint(bytes: Uint8Array): boolean {
  if (bytes.length > 200_000) return false
  return !('message' in readOrExplain(() => parseCheckpoint(new TextDecoder().decode(bytes))))
}

/** A head counts only where the statement is authentic and its signer trusted: else anyone could accuse anyone. */
async function fromStatement(
  request: VerifyRequest,
  verify: (request: VerifyRequest) => Promise<Report>,
  gathered: Gathered,
): Promise<void> {
  const { claims, findings } = gathered
  const statement = readStatement(request.bytes)
  if (!statement?.head) return
  const report = await verify(request)
  if (report.verdict !== 'TOTAL-PASSED') {
    findings.push(finding('HEAD_NOT_TRUSTED', request.name))
    return
  }
  const { head, box, signer, at } = statement
  const unit = 'unit' in statement ? statement.unit : undefined
  const hash = sha256Hex(request.bytes)
  await addNumber(statement, { ...request, signature: request.companions?.signature }, gathered)
  claims.push({ box, ...head, file: request.name, witness: { signer, unit, at, head, hash } })
}

/**
 * The number of a dispatch that passed. Certificates of officers, administrators and auditors name no unit: they pass, and must not use up
 * the numbers of one.
 */
async function addNumber(
  statement: ReturnType<typeof readStatement>,
  of: Pick<VerifyRequest, 'name' | 'bytes' | 'ports' | 'companions'> & {
    readonly signature: Uint8Array | undefined
  },
  { numbers, findings }: Gathered,
): Promise<void> {
  if (statement?.type !== 'sealbox.dispatch') return
  const { box, unit, number } = statement
  const { certificate } = await readCmsSignature({
    ...{ cms: of.signature ?? new Uint8Array(), content: of.bytes, ports: of.ports },
    certificates: of.companions?.certificates ?? [],
  })
  const isOwn = certificate?.subject.organizations.includes(unit) === true
  const read = restoredNumberSchema.safeParse({ unit, ...number })
  if (isOwn && read.success) numbers.push({ box, number: read.data })
  else findings.push(finding('NUMBER_NOT_USED', of.name))
}

/** Heads of which this journal is only the beginning, or was. */
function beyond(
  claims: readonly Claim[],
  size: number,
  box: string | undefined,
): KnownHeads['beyond'] {
  return claims
    .filter((claim) => claim.box === box && claim.size > size)
    .map((claim) => ({ size: claim.size, root: claim.root, file: claim.file }))
    .toSorted((a, b) => b.size - a.size)
}

async function fromBundle(
  request: VerifyRequest,
  verify: (request: VerifyRequest) => Promise<Report>,
  gathered: Gathered,
): Promise<void> {
  const report = await verify(request)
  const reading = readZip(request.bytes)
  const { bundle } = report
  if (report.verdict !== 'TOTAL-PASSED' || 'problem' in reading || !bundle?.journal) {
    gathered.findings.push(finding('HEAD_NOT_TRUSTED', request.name))
    return
  }
  const { members } = reading
  const contents = readContents(members.get(contentsName) ?? new Uint8Array())
  if (contents) gathered.bundles.push({ file: request.name, contents })
  const { size, root } = bundle.journal
  gathered.claims.push({ box: bundle.box, size, root, file: request.name })
  const passedFiles = bundle.files.filter(({ verdict }) => verdict === 'TOTAL-PASSED')
  for (const { file } of passedFiles) {
    const bytes = members.get(file) ?? new Uint8Array()
    const statement = readStatement(bytes)
    if (!statement?.head) continue
    const [name, signature] = [`${request.name}/${file}`, members.get(`${file}.p7s`)]
    await addNumber(statement, { ...request, name, bytes, signature }, gathered)
    const { head, box, signer, at } = statement
    const unit = 'unit' in statement ? statement.unit : undefined
    const witness = { signer, unit, at, head, hash: sha256Hex(bytes) }
    gathered.claims.push({ box, ...head, file: name, witness })
  }
}

/** A checkpoint is the journal's if a certificate for that, below a trusted root, has its key. */
async function fromCheckpoint(
  { name, bytes, trust, at }: VerifyRequest,
  certificates: readonly Uint8Array[],
  { claims, findings }: Gathered,
): Promise<void> {
  const text = new TextDecoder().decode(bytes)
  const { origin } = parseCheckpoint(text)
  for (const der of certificates) {
    const certificate = readCertificate(der)
    if (certificate.extendedKeyUsage?.includes(oids.journalSigning) !== true) continue
    const publicKey = readOrExplain(() => ed25519PublicKey(der))
    if (!(publicKey instanceof Uint8Array)) continue
    const head = await verifyCheckpoint(text, { origin, publicKey })
    const path = await validatePath({
      ...{ target: der, intermediates: certificates, anchors: trust, crls: [], at },
      revocation: 'none',
    })
    if (head && path.valid) {
      claims.push({ box: origin, size: head.size, root: toBase64(head.rootHash), file: name })
      return
    }
  }
  findings.push(finding('CHECKPOINT_NOT_TRUSTED', name))
}

function readSegments(segments: Iterable<GivenFile>, tree: JournalTree): Finding[] {
  for (const { name, bytes } of segments) {
    if (!tree.add(bytes)) return [finding('JOURNAL_UNREADABLE', name)]
  }
  return []
}

/** Against the journal where there is one that long, else against each other. */
function compare(
  claims: readonly Claim[],
  tree: JournalTree,
  box: string | undefined,
): {
  /** How many heads of this box there are. */
  readonly own: number
  readonly agreed: Claim[]
  readonly forks: HeadsFork[]
  readonly findings: Finding[]
} {
  const agreed: Claim[] = []
  const forks: HeadsFork[] = []
  const findings: Finding[] = []
  for (const claim of claims.filter((one) => one.box !== box)) {
    findings.push(finding('HEAD_OF_ANOTHER_BOX', `${claim.file}, ${claim.box}`))
  }
  const own = claims.filter((one) => one.box === box)
  for (const size of new Set(own.map((one) => one.size).toSorted((a, b) => a - b))) {
    const same = own.filter((one) => one.size === size)
    const root = size <= tree.size && tree.size > 0 ? tree.rootAt(size) : undefined
    const shown = root && { root: toBase64(root), file: 'journal' }
    const fork = forkAt(size, shown ? [shown, ...same] : same)
    if (fork) {
      forks.push(fork)
      findings.push(finding('HEAD_FORKED', wordsOf(fork)))
    } else if (shown || same.length > 1 || size === 0) agreed.push(...same)
    else
      findings.push(
        ...same.map(({ file }) => finding('HEAD_NOT_COMPARED', `${file}, ${String(size)}`)),
      )
  }
  if (own.length === 0) findings.push(finding('HEADS_NOT_GIVEN'))
  else if (forks.length === 0 && agreed.length > 0) {
    findings.push(finding('HEADS_AGREE', `${String(agreed.length)} / ${String(claims.length)}`))
  }
  return { own: own.length, agreed, forks, findings }
}

function forkAt(
  size: number,
  heads: readonly { readonly root: string; readonly file: string }[],
): HeadsFork | undefined {
  const roots = [...new Set(heads.map(({ root }) => root))]
  if (roots.length < 2) return undefined
  const filesOf = (root: string): string[] =>
    heads.filter((head) => head.root === root).map(({ file }) => file)
  return { size, roots: roots.map((root) => ({ root, files: filesOf(root) })) }
}

function wordsOf({ size, roots }: HeadsFork): string {
  const sides = roots.map(({ root, files }) => `${files.join(', ')}: ${root}`)
  return `${String(size)}; ${sides.join('; ')}`
}

/** A bundle's box signed that the entries it names are all that there are; the journal tells. */
function omissions(
  bundles: Gathered['bundles'],
  about: ReadonlyMap<string, readonly number[]>,
  size: number,
): Finding[] {
  return bundles.flatMap(({ file, contents }) => {
    if (contents.scope === 'own') return []
    const named = new Set(contents.entries)
    return (about.get(contents.document) ?? [])
      .filter((index) => index < Math.min(size, contents.size) && !named.has(index))
      .map((index) => finding('BUNDLE_OMITS_ENTRY', `${file}, ${String(index)}`))
  })
}

function witnessesOf(agreed: readonly Claim[], places: ReadonlyMap<string, number>): Witness[] {
  return agreed.flatMap(({ witness }) => {
    if (!witness) return []
    const { hash, ...rest } = witness
    return [{ ...rest, index: places.get(hash) }]
  })
}
