/** NIST PKITS as it lies beside the project, and what is wrong with each case that must be refused, by the number of its test. */
import { existsSync, readFileSync } from 'node:fs'
import type { PathFindingCode, ValidatePathOptions } from '../../../ca/path/index.ts'

export interface PkitsCase {
  readonly test: string
  readonly name: string
  readonly anchor: string
  readonly certs: readonly string[]
  readonly target: string
  readonly crls: readonly string[]
  readonly settings: {
    readonly userInitialPolicySet: readonly string[]
    readonly initialExplicitPolicy: boolean
    readonly initialPolicyMappingInhibit: boolean
    readonly initialAnyPolicyInhibit: boolean
    readonly time: string
  }
  readonly expected: 'valid' | 'invalid'
}

const folder = new URL('../../../../shared/data/pkits/', import.meta.url)

/** Whether the cases are here. */
export const hasPkits = existsSync(folder)

/** All cases, in order. */
export const pkitsCases = (): readonly PkitsCase[] =>
  JSON.parse(readFileSync(new URL('index.json', folder), 'utf8')) as readonly PkitsCase[]

const files = new Map<string, Uint8Array>()

/** DER of one file of the collection; the same array each time. */
export function pkitsFile(name: string): Uint8Array {
  const known = files.get(name)
  if (known) return known
  const bytes = readFileSync(new URL(name, folder))
  const [, base64] = /-----BEGIN[^-]+-----([^-]+)-----END/.exec(bytes.toString('latin1')) ?? []
  const der = new Uint8Array(base64 === undefined ? bytes : Buffer.from(base64, 'base64'))
  files.set(name, der)
  return der
}

/** The question that a case asks. */
export function pkitsQuestion(item: PkitsCase): ValidatePathOptions {
  const { settings } = item
  return {
    target: pkitsFile(`certs/${item.target}`),
    intermediates: item.certs.map((name) => pkitsFile(`certs/${name}`)),
    anchors: [pkitsFile(`certs/${item.anchor}`)],
    crls: item.crls.map((name) => pkitsFile(`crls/${name}`)),
    at: new Date(settings.time),
    policies: {
      initialPolicySet: settings.userInitialPolicySet,
      requireExplicitPolicy: settings.initialExplicitPolicy,
      inhibitPolicyMapping: settings.initialPolicyMappingInhibit,
      inhibitAnyPolicy: settings.initialAnyPolicyInhibit,
    },
  }
}

/** Valid paths that are refused all the same: DSA is not verified. */
export const unsupportedCases: readonly string[] = ['4.1.4', '4.1.5']

const numbers = (section: string, ...tests: number[]) =>
  tests.map((test) => `${section}.${String(test)}`)
const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, at) => from + at)

/**
 * Why each case is refused: the codes of all findings, and the tests they belong to. Two stand apart from the collection's own words: 4.1.6 is a
 * bad signature by DSA, of which we can only say that it is DSA; of 4.15.10 the complete list has ended, which the collection calls unknown.
 */
export const pkitsReasons: readonly (readonly [readonly PathFindingCode[], readonly string[]])[] = [
  [['ALGORITHM_UNSUPPORTED'], numbers('4.1', 4, 5, 6)],
  [['SIGNATURE_INVALID'], numbers('4.1', 2, 3)],
  [['NOT_YET_VALID'], numbers('4.2', 1, 2)],
  [['EXPIRED'], numbers('4.2', 5, 6, 7)],
  [['ISSUER_NOT_FOUND'], numbers('4.3', 1, 2)],
  [
    ['REVOCATION_UNDETERMINED'],
    [
      ...numbers('4.4', 1, 4, 5, 6, 8, 9, 10, 21),
      ...numbers('4.7', 4, 5),
      ...numbers('4.14', 3, 8, 9, 11, 12, 14, 17, 26, 27, 35),
      ...numbers('4.15', 1),
    ],
  ],
  [['REVOCATION_STALE'], [...numbers('4.4', 11, 12), ...numbers('4.15', 10)]],
  [
    ['REVOKED'],
    [
      ...numbers('4.4', 2, 3, 15, 18, 20),
      ...numbers('4.5', 2, 5, 7),
      ...numbers('4.14', 2, 6, 15, 16, 20, 21, 23, 31, 32, 34),
      ...numbers('4.15', 3, 4, 6, 9),
    ],
  ],
  [['BASIC_CONSTRAINTS_MISSING', 'KEY_USAGE_FORBIDS_ISSUING'], numbers('4.5', 8)],
  [['BASIC_CONSTRAINTS_MISSING'], numbers('4.6', 1, 2, 3)],
  [['PATH_LENGTH_EXCEEDED'], numbers('4.6', 5, 6, 9, 10, 11, 12, 16)],
  [['KEY_USAGE_FORBIDS_ISSUING'], numbers('4.7', 1, 2)],
  [
    ['POLICY_REQUIRED'],
    [
      ...numbers('4.8', ...range(1, 9), 12, 14),
      ...numbers('4.9', 3, 5, 7, 8),
      ...numbers('4.10', ...range(1, 6), 10),
      ...numbers('4.11', 1, 3, 5, 6, 8, 9, 10, 11),
      ...numbers('4.12', 1, 3, 4, 5, 6, 8, 10),
    ],
  ],
  [['POLICY_MAPPING_OF_ANY_POLICY'], numbers('4.10', 7, 8)],
  [['NAME_NOT_PERMITTED'], numbers('4.13', 2, 3, 12, 13, 20, 22, 24, 28, 29, 31, 35, 38)],
  [['NAME_EXCLUDED'], numbers('4.13', 7, 8, 9, 10, 15, 16, 17, 26, 33, 37)],
  [['CRITICAL_EXTENSION_UNKNOWN'], numbers('4.16', 2)],
]
