/**
 * Judges statements of compromise before they are honoured: two different officers of a district that is trusted signed the very same
 * bytes while their certificates were good, by time stamps that the statement itself does not take away. A statement that
 * fails changes no verdict; a finding says why. Pure but for the ports.
 */
import { oids, sameName, type Certificate, type CryptoPorts } from '../../../ca/path/index.ts'
import { boundPorts } from '../bounds.ts'
import {
  judgeSigner,
  readCmsSignature,
  type CmsFacts,
  type SignerVerdict,
} from '../cms/signature.ts'
import { knownId, type Compromise } from '../evidence/compromise.ts'
import { readCompromiseFile, type CompromiseFile } from '../evidence/compromise_file.ts'
import { newEvidence, type Evidence } from '../evidence/evidence.ts'
import { finding, type FindingCode } from '../findings.ts'
import type { Finding } from '../types.ts'

/** A file as it was given. */
export interface GivenStatement {
  readonly name: string
  readonly bytes: Uint8Array
}

export interface JudgedStatements {
  /** Those that are honoured. */
  readonly compromises: readonly Compromise[]
  /** One a file: that it was honoured, or why not. */
  readonly findings: readonly Finding[]
}

/** A district states a handful in its life. */
const maxStatements = 100

/**
 * The moment at which statements are to be judged for a validation at `at`: what was stated since holds for an earlier moment, too. Until a
 * statement ran out it was signed; so the verdict does not depend on today.
 */
export function momentOfStatements(given: readonly GivenStatement[], at: Date): Date {
  const ends = given.map(({ bytes }) =>
    Date.parse(readCompromiseFile(bytes)?.statement.expires ?? ''),
  )
  return new Date(Math.max(at.getTime(), ...ends.filter((end) => !Number.isNaN(end))))
}

/** Judges all files together, for use with these roots; resolves for any bytes. */
export async function judgeStatements(
  given: readonly GivenStatement[],
  by: {
    readonly trust: readonly Uint8Array[]
    /** The moment of validation. */
    readonly at: Date
    /** Certificates, such as links between roots, besides those inside. */
    readonly certificates?: readonly Uint8Array[]
    readonly crls?: readonly Uint8Array[]
    readonly ports?: CryptoPorts
  },
): Promise<JudgedStatements> {
  const evidence = newEvidence({
    trust: by.trust,
    certificates: by.certificates ?? [],
    crls: by.crls ?? [],
    at: by.at,
    ports: boundPorts(by.ports),
  })
  const judged: Judged[] = []
  for (const { name, bytes } of given.slice(0, maxStatements)) {
    judged.push(await judgeAlone({ name, file: readCompromiseFile(bytes) }, evidence))
  }
  const beyond = given.slice(maxStatements)
  const confirmed = await confirmTogether(judged, evidence)
  return {
    compromises: confirmed.flatMap(({ compromise }) => (compromise ? [compromise] : [])),
    findings: [
      ...confirmed.map(({ name, problem }) => finding(problem ?? 'COMPROMISE_HONOURED', name)),
      ...beyond.map(({ name }) => finding('COMPROMISE_UNREADABLE', `${name}: too many`)),
    ],
  }
}

interface Judged {
  readonly name: string
  readonly file: CompromiseFile | undefined
  /** Absent where it is not honoured. */
  readonly compromise?: Compromise
  readonly problem?: FindingCode
}

/** Each by itself, with what it takes away taken away. */
async function judgeAlone(
  { name, file }: { readonly name: string; readonly file: CompromiseFile | undefined },
  evidence: Evidence,
): Promise<Judged> {
  if (file === undefined) return { name, file, problem: 'COMPROMISE_UNREADABLE' }
  const roots: Uint8Array[] = []
  let problem: FindingCode | undefined
  // Root by root: officers of one district say nothing of another one's keys.
  for (const root of evidence.trust) {
    const compromises = [compromiseOf(file, [root])]
    const found = await objectionTo(file, { ...evidence, trust: [root], compromises })
    if (found === undefined) roots.push(root)
    else problem = found
  }
  if (roots.length > 0) return { name, file, compromise: compromiseOf(file, roots) }
  return { name, file, problem: problem ?? 'COMPROMISE_NOT_TRUSTED' }
}

/** All that stand alone once more under all of them: where two take each other away, neither is honoured. */
async function confirmTogether(
  judged: readonly Judged[],
  evidence: Evidence,
): Promise<readonly Judged[]> {
  const compromises = judged.flatMap(({ compromise }) => (compromise ? [compromise] : []))
  if (compromises.length < 2) return judged
  const confirmed: Judged[] = []
  for (const one of judged) {
    const { name, file, compromise } = one
    if (file === undefined || compromise === undefined) {
      confirmed.push(one)
      continue
    }
    const { roots: trust } = compromise
    const objection = await objectionTo(file, { ...evidence, trust, compromises })
    confirmed.push(
      objection === undefined ? one : { name, file, problem: 'COMPROMISE_CONTRADICTED' },
    )
  }
  return confirmed
}

/** What a file states, of certificates under these roots. */
export function compromiseOf({ stated }: CompromiseFile, roots: readonly Uint8Array[]): Compromise {
  const { certificate, from, to, serials } = stated
  return {
    certificate,
    from: new Date(from),
    to: to === null ? null : new Date(to),
    known: new Set((serials ?? []).map(({ serial, hash }) => knownId(serial, hash))),
    roots,
  }
}

interface Signed {
  readonly facts: CmsFacts
  readonly signer: SignerVerdict
}

/** Why a statement is not honoured by this evidence; undefined where it is. */
export async function objectionTo(
  file: CompromiseFile,
  evidence: Evidence,
): Promise<FindingCode | undefined> {
  const [first, second] = await judgeSignatures(file, evidence)
  if (!first?.facts.authentic || !second?.facts.authentic) return 'COMPROMISE_ALTERED'
  if (!areTwoOfficers(file, first.facts.certificate, second.facts.certificate)) {
    return 'COMPROMISE_ONE_SIGNED'
  }
  const isTrusted = ({ signer }: Signed): boolean => signer.judgement.verdict === 'TOTAL-PASSED'
  if (!isTrusted(first) || !isTrusted(second)) return 'COMPROMISE_NOT_TRUSTED'
  const expires = new Date(file.statement.expires)
  const isInTime = ({ signer }: Signed): boolean =>
    signer.stamps.some(({ genTime }) => genTime !== undefined && genTime <= expires)
  return isInTime(first) && isInTime(second) ? undefined : 'COMPROMISE_OUT_OF_TIME'
}

async function judgeSignatures(
  { bytes: content, signatures }: CompromiseFile,
  evidence: Evidence,
): Promise<readonly Signed[]> {
  const { certificates, ports } = evidence
  const signed: Signed[] = []
  for (const cms of signatures) {
    const facts = await readCmsSignature({ cms, content, certificates, ports })
    signed.push({ facts, signer: await judgeSigner(facts, evidence, { as: 'statement' }) })
  }
  return signed
}

/** The proposer that the statement names, and another person with another key; both officers. */
function areTwoOfficers(
  { statement }: CompromiseFile,
  first: Certificate | undefined,
  second: Certificate | undefined,
): boolean {
  if (first === undefined || second === undefined) return false
  const areOfficers = [first, second].every(({ certificatePolicies = [] }) =>
    certificatePolicies.includes(oids.certificatePolicyOfficer),
  )
  const proposer = `${oids.commonName}=${JSON.stringify(statement.signer.replace(/^person:/, ''))}`
  return (
    areOfficers &&
    first.subject.rdns.includes(proposer) &&
    // A person is the name that their certificates carry, however many they have.
    !sameName(first.subject, second.subject) &&
    first.publicKey.toString() !== second.publicKey.toString()
  )
}
