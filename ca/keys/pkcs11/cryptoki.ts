/**
 * The few functions of PKCS#11 2.40 (Cryptoki) that a box calls, over koffi, on 64-bit Linux. A call runs on a thread of its own, so
 * that a slow token holds nobody up; one after the other is the caller's business. It knows no key and keeps no PIN.
 */
import type { Koffi, NativeFunction } from '@koromix/koffi-linux-x64'
import { CaError } from '../../errors.ts'

/** Places in `CK_FUNCTION_LIST` (PKCS#11 base 3.6), counted from behind its version, and what the functions take. */
const functions = {
  C_Initialize: { place: 0, takes: 'void *args' },
  C_GetSlotList: { place: 4, takes: 'uint8 present, void *slots, void *count' },
  C_GetTokenInfo: { place: 6, takes: 'ulong slot, void *info' },
  C_OpenSession: { place: 12, takes: 'ulong slot, ulong flags, void *a, void *n, void *session' },
  C_CloseSession: { place: 13, takes: 'ulong session' },
  C_Login: { place: 18, takes: 'ulong session, ulong user, void *pin, ulong length' },
  C_GetAttributeValue: { place: 24, takes: 'ulong session, ulong object, void *t, ulong count' },
  C_FindObjectsInit: { place: 26, takes: 'ulong session, void *template, ulong count' },
  C_FindObjects: { place: 27, takes: 'ulong session, void *found, ulong max, void *count' },
  C_FindObjectsFinal: { place: 28, takes: 'ulong session' },
  C_SignInit: { place: 42, takes: 'ulong session, void *mechanism, ulong key' },
  C_Sign: {
    place: 43,
    takes: 'ulong session, void *data, ulong length, void *sig, void *sigLength',
  },
  C_GenerateKeyPair: {
    place: 59,
    takes:
      'ulong session, void *mechanism, void *pub, ulong pubCount, void *priv, ulong privCount, void *pubKey, void *privKey',
  },
} as const satisfies Record<string, { place: number; takes: string }>

export type CryptokiFunction = keyof typeof functions

/** What a call may answer and the caller bears, by name (PKCS#11 base 5.1). */
export const returnValues = {
  CKR_OK: 0x0,
  CKR_ATTRIBUTE_SENSITIVE: 0x11,
  CKR_DEVICE_ERROR: 0x30,
  CKR_DEVICE_REMOVED: 0x32,
  CKR_PIN_INCORRECT: 0xa0,
  CKR_PIN_INVALID: 0xa1,
  CKR_PIN_LEN_RANGE: 0xa2,
  CKR_PIN_EXPIRED: 0xa3,
  CKR_PIN_LOCKED: 0xa4,
  CKR_SESSION_HANDLE_INVALID: 0xb3,
  CKR_TOKEN_NOT_PRESENT: 0xe0,
  CKR_USER_ALREADY_LOGGED_IN: 0x100,
  CKR_USER_NOT_LOGGED_IN: 0x101,
  CKR_USER_PIN_NOT_INITIALIZED: 0x102,
  CKR_CRYPTOKI_ALREADY_INITIALIZED: 0x191,
} as const satisfies Record<string, number>

export type ReturnValue = keyof typeof returnValues

/** An argument: bytes by reference, a number, or nothing. */
export type Argument = Uint8Array | number | null

/** Opened module: calls by name; what is not borne throws `CA_TOKEN_FAILED` with the name of the answer. */
export interface Cryptoki {
  /** Gives the answer, `CKR_OK` or one of those `borne`. Throws `CA_TOKEN_FAILED`. */
  readonly call: (
    name: CryptokiFunction,
    args: readonly Argument[],
    borne?: readonly ReturnValue[],
  ) => Promise<ReturnValue>
  /** Where bytes lie, for structures that point to them; whoever writes it down keeps the bytes. */
  readonly address: (bytes: Uint8Array) => bigint
}

/** The pointers in the function list begin behind a version of two octets, padded. */
const listOffset = 8
const pointerBytes = 8

/** Loads a module by its path and initialises it. Throws `CA_TOKEN_UNAVAILABLE` if module or binding cannot be loaded. */
export async function loadCryptoki(modulePath: string): Promise<Cryptoki> {
  const { default: koffi } = await import('@koromix/koffi-linux-x64').catch((cause: unknown) => {
    throw unavailable('there is no PKCS#11 binding for this processor', cause)
  })
  const list: [unknown] = [null]
  let library
  try {
    // Bound to the module's own OpenSSL: Node's, which the process exports, is another version.
    library = koffi.load(modulePath, { deep: true })
    const getList = library.func('ulong C_GetFunctionList(_Out_ void **list)')
    if (Number(getList(list)) !== returnValues.CKR_OK) throw new TypeError('no function list')
  } catch (cause) {
    throw unavailable(`${modulePath} is no PKCS#11 module that can be loaded`, cause)
  }
  const bound = new Map<CryptokiFunction, NativeFunction>()
  const bind = (name: CryptokiFunction): NativeFunction => {
    const { place, takes } = functions[name]
    const at = listOffset + place * pointerBytes
    const found =
      bound.get(name) ??
      koffi.decode(
        koffi.decode(list[0], at, 'void *'),
        prototypeOf(koffi, `ulong ${name}(${takes})`),
      )
    bound.set(name, found)
    return found
  }
  // koffi unloads a library that nobody names any more.
  loaded.push(library)
  const cryptoki: Cryptoki = {
    address: (bytes) => koffi.address(bytes),
    async call(name, args, borne = []) {
      const status = await new Promise<number>((resolve, reject) => {
        bind(name).async(...args, (error: Error | null, result: unknown) => {
          // Named here, the arguments live until the module has answered.
          if (error) reject(new TypeError(`${name} of ${String(args.length)}`, { cause: error }))
          else resolve(Number(result))
        })
      })
      return answerOf(name, status, borne)
    },
  }
  // Whoever shares the process may have initialised it before.
  await cryptoki.call('C_Initialize', [initializeArguments()], ['CKR_CRYPTOKI_ALREADY_INITIALIZED'])
  return cryptoki
}

/** `CK_C_INITIALIZE_ARGS` with nothing but CKF_OS_LOCKING_OK: calls come from several threads, if one after the other. */
function initializeArguments(): Uint8Array {
  const bytes = new Uint8Array(48)
  bytes[32] = 2
  return bytes
}

/** Modules stay loaded: keys are used as long as the process lives. */
const loaded: unknown[] = []

/** koffi knows a prototype once a process, by its name. */
const prototypes = new Map<string, object>()

function prototypeOf(koffi: Pick<Koffi, 'proto'>, text: string): object {
  const found = prototypes.get(text) ?? koffi.proto(text)
  prototypes.set(text, found)
  return found
}

function answerOf(
  name: CryptokiFunction,
  status: number,
  borne: readonly ReturnValue[],
): ReturnValue {
  const known = Object.entries(returnValues).find(([, value]) => value === status)?.[0]
  const answer = known as ReturnValue | undefined
  if (answer === 'CKR_OK' || (answer !== undefined && borne.includes(answer))) return answer
  const shown = answer ?? `0x${status.toString(16)}`
  throw new CaError('CA_TOKEN_FAILED', `the token answered ${shown} to ${name}`, {
    details: { function: name, answer: shown },
  })
}

function unavailable(message: string, cause: unknown): CaError {
  return new CaError('CA_TOKEN_UNAVAILABLE', message, { cause })
}
