/**
 * One session with one token, found by its label: slots are numbered anew whenever tokens come and go. All calls go one after the
 * other, since a session knows one operation at a time. The PIN is used once and not kept.
 */
import { utf8 } from '../../bytes.ts'
import { CaError } from '../../errors.ts'
import {
  filledValue,
  templateOf,
  wordAt,
  wordOf,
  type Attributes,
  type AttributeType,
  type Template,
} from './attributes.ts'
import { loadCryptoki, type Cryptoki } from './cryptoki.ts'

export interface TokenOptions {
  /** Path of the vendor's library. */
  readonly module: string
  /** `CK_TOKEN_INFO.label`, without the blanks that pad it. */
  readonly label: string
  readonly pin: string
}

/** Handle of an object in this session. */
export type ObjectHandle = number

/** How a token is to sign. */
export interface Mechanism {
  readonly type: number
  /** The structure that the type takes, in the token's memory layout. */
  readonly parameter?: Uint8Array
}

export interface Token {
  /** Objects that have all these attributes, at most 16. */
  find(attributes: Attributes): Promise<ObjectHandle[]>
  /** Octets of an attribute; undefined where the token keeps it to itself. */
  read(object: ObjectHandle, type: AttributeType): Promise<Uint8Array | undefined>
  /** Makes a pair on the token by a mechanism without parameters. */
  generatePair(
    mechanism: number,
    pair: { publicKey: Attributes; privateKey: Attributes },
  ): Promise<void>
  sign(mechanism: Mechanism, key: ObjectHandle, data: Uint8Array): Promise<Uint8Array>
  close(): Promise<void>
}

const serialSession = 4
const writableSession = 2
const userType = 1
const tokenInfoBytes = 208
const labelBytes = 32
/** Flags stand behind 96 octets of text; CKF_TOKEN_INITIALIZED tells a token from an empty slot. */
const flagsPlace = 12
const initialized = 0x400
/** More slots than any module has. */
const maxSlots = 64
/** RSA-4096 signatures and moduli have 512 octets. */
const maxValueBytes = 1024
const maxFound = 16

/**
 * Opens a session and logs in. Throws `CA_TOKEN_UNAVAILABLE`, `CA_TOKEN_UNKNOWN` (no token of this label, or several),
 * `CA_TOKEN_LOCKED` (the PIN is wrong, or locked), `CA_TOKEN_FAILED`.
 */
export async function openToken({ module, label, pin }: TokenOptions): Promise<Token> {
  const cryptoki = await loadCryptoki(module)
  const slot = await slotLabelled(cryptoki, label)
  const opened = wordOf(0)
  const flags = serialSession | writableSession
  await cryptoki.call('C_OpenSession', [slot, flags, null, null, opened])
  const session = wordAt(opened)
  await logIn(cryptoki, { session, pin, label }).catch(async (error: unknown) => {
    await cryptoki.call('C_CloseSession', [session])
    throw error
  })
  return inTurn(sessionWith(cryptoki, session))
}

async function slotLabelled(cryptoki: Cryptoki, label: string): Promise<number> {
  const slots = wordsOf(maxSlots)
  const count = wordOf(maxSlots)
  await cryptoki.call('C_GetSlotList', [1, slots, count])
  const found: number[] = []
  for (let at = 0; at < wordAt(count); at++) {
    const slot = wordAt(slots, at)
    const info = new Uint8Array(tokenInfoBytes)
    const answer = await cryptoki.call('C_GetTokenInfo', [slot, info], ['CKR_TOKEN_NOT_PRESENT'])
    const named = new TextDecoder().decode(info.subarray(0, labelBytes)).replace(/[ \0]+$/, '')
    const isReady = answer === 'CKR_OK' && (wordAt(info, flagsPlace) & initialized) !== 0
    if (isReady && named === label) found.push(slot)
  }
  const [only] = found
  if (only !== undefined && found.length === 1) return only
  throw new CaError(
    'CA_TOKEN_UNKNOWN',
    `${String(found.length)} tokens are labelled ${label}, not one`,
    {
      details: { label, found: found.length },
    },
  )
}

async function logIn(
  cryptoki: Cryptoki,
  { session, pin, label }: { session: number; pin: string; label: string },
): Promise<void> {
  const octets = new Uint8Array(utf8(pin))
  const answer = await cryptoki.call(
    'C_Login',
    [session, userType, octets, octets.length],
    [
      ...(['CKR_PIN_INCORRECT', 'CKR_PIN_INVALID', 'CKR_PIN_LEN_RANGE'] as const),
      ...(['CKR_PIN_LOCKED', 'CKR_PIN_EXPIRED', 'CKR_USER_PIN_NOT_INITIALIZED'] as const),
      'CKR_USER_ALREADY_LOGGED_IN',
    ],
  )
  octets.fill(0)
  if (answer === 'CKR_OK' || answer === 'CKR_USER_ALREADY_LOGGED_IN') return
  throw new CaError('CA_TOKEN_LOCKED', `the token refuses the PIN: ${answer}`, {
    details: { label, answer },
  })
}

function sessionWith(cryptoki: Cryptoki, session: number): Token {
  const { call } = cryptoki
  const template = (attributes: Attributes): Template => templateOf(attributes, cryptoki.address)
  const mechanismOf = ({ type, parameter }: Mechanism): Uint8Array => {
    const bytes = new Uint8Array(24)
    bytes.set(wordOf(type))
    if (parameter) {
      new DataView(bytes.buffer).setBigUint64(8, cryptoki.address(parameter), true)
      bytes.set(wordOf(parameter.length), 16)
    }
    return bytes
  }
  return {
    async find(attributes) {
      const wanted = template(attributes)
      await call('C_FindObjectsInit', [session, wanted.bytes, wanted.count])
      release(wanted)
      const found = wordsOf(maxFound)
      const count = wordOf(0)
      await call('C_FindObjects', [session, found, maxFound, count])
      await call('C_FindObjectsFinal', [session])
      return Array.from({ length: wordAt(count) }, (_, at) => wordAt(found, at))
    },
    async read(object, type) {
      const asked = template({ [type]: new Uint8Array(maxValueBytes) })
      await call(
        'C_GetAttributeValue',
        [session, object, asked.bytes, 1],
        ['CKR_ATTRIBUTE_SENSITIVE'],
      )
      return filledValue(asked)
    },
    async generatePair(mechanism, { publicKey, privateKey }) {
      const [pub, priv] = [template(publicKey), template(privateKey)]
      await call('C_GenerateKeyPair', [
        ...[session, mechanismOf({ type: mechanism }), pub.bytes, pub.count],
        ...[priv.bytes, priv.count, wordOf(0), wordOf(0)],
      ])
      release(pub)
      release(priv)
    },
    async sign(mechanism, key, data) {
      await call('C_SignInit', [session, mechanismOf(mechanism), key])
      const signature = new Uint8Array(maxValueBytes)
      const length = wordOf(signature.length)
      const octets = new Uint8Array(data)
      await call('C_Sign', [session, octets, octets.length, signature, length])
      return signature.slice(0, wordAt(length))
    },
    async close() {
      await call('C_CloseSession', [session], ['CKR_SESSION_HANDLE_INVALID'])
    },
  }
}

/** Every operation waits for the one before, also for one that failed. */
function inTurn(token: Token): Token {
  let last: Promise<unknown> = Promise.resolve()
  const next = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work, work)
    last = turn.catch(() => undefined)
    return turn
  }
  return {
    find: (attributes) => next(() => token.find(attributes)),
    read: (object, type) => next(() => token.read(object, type)),
    generatePair: (mechanism, pair) => next(() => token.generatePair(mechanism, pair)),
    sign: (mechanism, key, data) => next(() => token.sign(mechanism, key, data)),
    close: () => next(() => token.close()),
  }
}

const wordsOf = (count: number): Uint8Array => new Uint8Array(count * 8)

/** The module reads what a template points to while it is called: named here, the values live until then. */
function release({ values }: Template): void {
  for (const octets of values) octets.fill(0)
}
